#include "plugin/plugin.hpp"

#include <boost/test/unit_test.hpp>

#include "unit/plugin/captured_log.hpp"
#include "unit/plugin/plugin_rig.hpp"

using namespace plughost::plugin;

namespace {

using Lines = std::vector<std::string>;

const std::string kPrefix = "routes.yaml:10:3: error: plugin 'p': ";

struct BindRow {
  const char* fixture_name;
  const char* handler;
  const char* options;
  const char* line;
};

constexpr BindRow kRefusedBinds[] = {
    {"fixture_plugin", "nonsense", "{}",
     "routes.yaml:20:7: error: plugin 'p': no handler 'nonsense'"},
    {"fixture_plugin", "hello", R"({"bad": 1})",
     "routes.yaml:20:30: error: plugin 'p': option 'bad' is not known"},
    {"fixture_plugin", "no_handle", "{}",
     "routes.yaml:20:7: error: plugin 'p': handler 'no_handle' broke a rule of the plugin ABI: "
     "bind() set no handle"},
    {"fixture_plugin", "resize", "{}",
     "routes.yaml:20:7: error: plugin 'p': handler 'resize' broke a rule of the plugin ABI: "
     "bind() changed out->size"},
    {"fixture_serial", "hello", R"({"nonblocking": 1})",
     "routes.yaml:20:7: error: plugin 'p': handler 'hello' is flagged PH_HF_NONBLOCKING, which a "
     "plugin flagged PH_PF_SERIAL must not do"},
};

const std::string kOverrun = "is abandoned: it has not returned from ";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(plugin_plugin, PluginRig)

BOOST_AUTO_TEST_CASE(refuses_a_bad_bind_where_it_stands) {
  for (const auto& row : kRefusedBinds) {
    BOOST_TEST_CONTEXT(row.handler) {
      PluginRig rig;
      rig.add_plugin("p", row.fixture_name);
      rig.add_route("p", row.handler, row.options);

      BOOST_TEST(rig.start_errors() == Lines{row.line}, boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(reports_a_failed_call_at_the_option_it_names) {
  for (const auto* call : {"create", "table_begin", "table_commit", "start"}) {
    BOOST_TEST_CONTEXT(call) {
      PluginRig rig;
      rig.add_plugin("p", "fixture_tables", R"({"fail": ")" + std::string(call) + "\"}");

      const auto errors = rig.start_errors();

      const Lines expected{"routes.yaml:10:9: error: plugin 'p': this call was told to fail"};
      BOOST_TEST(errors == expected, boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_a_call_that_overruns) {
  for (const auto* call : {"create", "table_begin", "table_commit", "start"}) {
    BOOST_TEST_CONTEXT(call) {
      PluginRig rig;
      rig.config.plugin_timeout = 50ms;
      rig.add_plugin("p", "fixture_tables", R"({"hang": ")" + std::string(call) + "\"}");

      const auto errors = rig.start_errors();

      const Lines expected{kPrefix + kOverrun + call + "() in time"};
      BOOST_TEST(errors == expected, boost::test_tools::per_element());
      BOOST_TEST(rig.registry->work_abandoned());
    }
  }
}

BOOST_AUTO_TEST_CASE(reports_an_overrun_in_bind_once) {
  config.plugin_timeout = 50ms;
  add_plugin("p", "fixture_plugin", R"({"hang": "bind"})");
  add_route("p", "hello");
  add_route("p", "lent");

  const Lines expected{"routes.yaml:20:7: error: plugin 'p': " + kOverrun + "bind() in time"};
  BOOST_TEST(start_errors() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(refuses_one_that_takes_a_signal_handler) {
  for (const auto* call : {"create", "table_begin", "table_commit", "start"}) {
    BOOST_TEST_CONTEXT(call) {
      PluginRig rig;
      rig.add_plugin("p", "fixture_tables", R"({"steal": ")" + std::string(call) + "\"}");

      const auto errors = rig.start_errors();

      const Lines expected{kPrefix + call +
                           "() changed the handler of SIGTERM, which belongs to the host; it was "
                           "put back"};
      BOOST_TEST(errors == expected, boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_one_that_takes_a_signal_handler_when_loaded) {
  add_plugin("p", "fixture_signal_thief");

  const Lines expected{kPrefix +
                       "load() changed the handler of SIGTERM, which belongs to the host; it was "
                       "put back"};
  BOOST_TEST(start_errors() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(binds_a_plugin_built_with_longer_structs) {
  add_plugin("p", "fixture_longer_structs");
  const auto route = add_route("p", "hello");
  start();

  BOOST_TEST(ask(route).body == "hello");
}

BOOST_AUTO_TEST_CASE(tells_bind_all_of_the_route) {
  add_plugin("p", "fixture_plugin");
  const auto route =
      add_route("p", "route", R"({"a":1})", "/a%20b/{id:int}/{rest:path}", {"GET", "PUT"});
  start();

  BOOST_TEST(ask(route).body ==
             "size=" + std::to_string(sizeof(ph_route)) +
                 "\nhandler=route\nconfig={\"a\":1}\npattern=/a%20b/{id:int}/{rest:path}\n"
                 "mount=/a b\nparam=id\nparam=rest\nmethod=GET\nmethod=PUT\n");
}

BOOST_AUTO_TEST_CASE(names_no_method_of_a_route_for_any) {
  add_plugin("p", "fixture_plugin");
  const auto route = add_route("p", "route");
  start();

  BOOST_TEST(ask(route).body.find("method=") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(marks_a_handler_that_does_not_block) {
  add_plugin("p", "fixture_plugin");
  const auto may_block = add_route("p", "hello");
  const auto quick = add_route("p", "hello", R"({"nonblocking": 1})");
  start();

  BOOST_TEST(!routes[may_block].handler->nonblocking());
  BOOST_TEST(routes[quick].handler->nonblocking());
}

BOOST_AUTO_TEST_CASE(gives_all_handlers_of_a_serial_plugin_one_strand) {
  add_plugin("p", "fixture_serial");
  add_plugin("q", "fixture_plugin");
  const auto one = add_route("p", "hello");
  const auto two = add_route("p", "lent");
  const auto other = add_route("q", "hello");
  start();

  BOOST_TEST(routes[one].handler->strand() != nullptr);
  BOOST_TEST(routes[one].handler->strand() == routes[two].handler->strand());
  BOOST_TEST(routes[other].handler->strand() == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
