#include "plugin/offered_routes.hpp"

#include <boost/test/unit_test.hpp>
#include <utility>

#include "unit/plugin/plugin_rig.hpp"

using namespace plughost;
using namespace plughost::plugin;

namespace {

using Lines = std::vector<std::string>;

std::string offering(const std::string& name) { return R"({"offer": ")" + name + "\"}"; }

Lines errors_of(const std::string& config_json, const char* fixture_name = "fixture_routes") {
  PluginRig rig;
  rig.add_plugin("p", fixture_name, config_json);
  return rig.start_errors();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(plugin_offered_routes, PluginRig)

BOOST_AUTO_TEST_CASE(binds_what_a_plugin_declares_behind_the_routes_of_the_file) {
  add_plugin("p", "fixture_routes", offering("good"));
  add_route("p", "hello");
  start();

  BOOST_REQUIRE(routes.size() == 4u);
  BOOST_TEST(ask(0).body == "hello");
  BOOST_TEST(ask(1).body ==
             "size=104\nhandler=route\nconfig={}\npattern=/offered\nmount=/offered\nmethod=GET\n");
  BOOST_TEST(ask(2).body ==
             "size=104\nhandler=route\nconfig={\"code\":3}\npattern=/offered/{id:int}\n"
             "mount=/offered\nparam=id\nmethod=POST\nmethod=PUT\n");
  BOOST_TEST(ask(3).body == "hello");
  BOOST_TEST(routes[3].methods.empty());
}

BOOST_AUTO_TEST_CASE(reads_the_options_of_the_host) {
  config.timeout = 7s;
  config.limits.body = 99;
  add_plugin("p", "fixture_routes", offering("good"));
  start();

  BOOST_REQUIRE(routes.size() == 3u);
  BOOST_TEST((routes[0].timeout == 7s));
  BOOST_TEST(routes[0].body_limit.value() == 99u);
  BOOST_TEST((routes[1].timeout == 5s));
  BOOST_TEST(routes[1].body_limit.value() == 9u);
  BOOST_TEST(routes[1].max_in_flight == 2u);
}

BOOST_AUTO_TEST_CASE(asks_between_table_begin_and_the_first_bind) {
  add_plugin("p", "fixture_routes", R"({"offer": "twin", )" + journal_option() + '}');
  add_route("p", "hello");
  start();

  const Lines expected{"create", "table_begin", "next", "bind", "table_commit", "start"};
  BOOST_TEST(journal_lines() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(asks_anew_for_each_table) {
  add_plugin("p", "fixture_routes", R"({"offer": "good", )" + journal_option() + '}');
  start();
  const auto before = std::exchange(routes, {});
  registry->load(config);
  bind_and_start();

  const Lines calls{"create", "table_begin", "next", "next", "next", "next", "bind", "bind", "bind",
                    "table_commit", "start",  // and of the second
                                              // table:
                    "table_begin", "next", "next", "next", "next", "bind", "bind", "bind",
                    "table_commit"};
  BOOST_TEST(journal_lines() == calls, boost::test_tools::per_element());
  BOOST_REQUIRE(routes.size() == 3u);
  BOOST_TEST(ask(2).body == "hello");
}

BOOST_AUTO_TEST_CASE(tells_every_mistake_where_it_is) {
  const Lines expected{
      "app.py:1: error: plugin 'p': 'GTE' is not a registered HTTP method; ANY takes every method "
      "(did you mean 'GET'?)",
      "app.py:2: error: plugin 'p': the segment '{a}{b}' mixes text and braces; a parameter is a "
      "whole segment like '{id}'",
      "app.py:3: error: plugin 'p': the path 'hello' must start with '/'",
      "app.py:4: error: plugin 'p': in 'timeout': '5 parsecs' is not a duration; write a whole "
      "number with ms, s, m or h",
      "app.py:4: error: plugin 'p': in 'body': 'true' is not a size; write bytes, or a whole "
      "number with KiB, MiB or GiB",
      "app.py:5: error: plugin 'p': broke a rule of the plugin ABI: its options are no JSON object",
      "app.py:6: error: plugin 'p': the key 'timeout' is there twice; remove one of the two",
      "app.py:7: error: plugin 'p': in 'redirect': the route 'GET /7' has 'to' already; keep one "
      "of the two",
      "app.py:10 forged: error: plugin 'p': 'p ' names no handler; write 'PLUGIN HANDLER', like "
      "'native hello'",
      "app.py:8: error: plugin 'p': option 'bad' is not known",
      "routes.yaml:10:3: error: plugin 'p': no handler 'nonsense'",
  };

  const auto errors = errors_of(offering("bad"));

  BOOST_TEST(errors == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(goes_on_behind_what_the_plugin_says_is_wrong) {
  const Lines expected{
      "app.py:1: error: plugin 'p': the first is wrong",
      "routes.yaml:10:9: error: plugin 'p': the second is wrong",
      "app.py:3: error: plugin 'p': no handler 'nonsense'",
  };

  BOOST_TEST(errors_of(offering("failing")) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(refuses_a_route_that_is_declared_twice) {
  const Lines expected{
      "app.py:9: error: the route 'GET|POST /offered' is ambiguous: 'GET /offered' of app.py:7 "
      "takes GET on the same paths; remove one of the two"};

  BOOST_TEST(errors_of(offering("twice")) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(refuses_a_route_that_the_file_has_too) {
  add_plugin("p", "fixture_routes", offering("good"));
  add_route("p", "hello", "{}", "/offered", {"GET"});

  const Lines expected{
      "app.py:7: error: the route 'GET /offered' is ambiguous: 'GET /offered' of "
      "routes.yaml:20:3 takes GET on the same paths; remove one of the two"};
  BOOST_TEST(start_errors() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(ends_an_endless_list) {
  const auto errors = errors_of(offering("endless"));

  BOOST_REQUIRE(errors.size() == Offers::kMost + 1);
  BOOST_TEST(errors.back() ==
             "routes.yaml:10:3: error: plugin 'p': declares more than 10000 routes; that is beyond "
             "the limit");
}

BOOST_AUTO_TEST_CASE(refuses_a_plugin_that_changes_the_size_of_the_struct) {
  const Lines expected{
      "routes.yaml:10:3: error: plugin 'p': broke a rule of the plugin ABI: next() changed "
      "out->size"};

  BOOST_TEST(errors_of(offering("resize")) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(understands_a_plugin_that_knows_a_longer_struct) {
  add_plugin("p", "fixture_longer_routes", offering("good"));
  start();

  BOOST_TEST(routes.size() == 3u);
}

BOOST_AUTO_TEST_CASE(refuses_next_that_fails_or_overruns) {
  BOOST_TEST(errors_of(R"({"fail": "next"})") ==
                 Lines{"routes.yaml:10:9: error: plugin 'p': this call was told to fail"},
             boost::test_tools::per_element());

  config.plugin_timeout = 50ms;
  add_plugin("p", "fixture_routes", R"({"hang": "next"})");

  BOOST_TEST(
      start_errors() == Lines{"routes.yaml:10:3: error: plugin 'p': is abandoned: it has not "
                              "returned from next() in time"},
      boost::test_tools::per_element());
  BOOST_TEST(registry->work_abandoned());
}

BOOST_AUTO_TEST_CASE(refuses_to_start_without_any_route) {
  config.has_routes = false;
  add_plugin("p", "fixture_routes");

  BOOST_TEST(start_errors() ==
                 Lines{"routes.yaml: error: there are no 'routes'; add lines like 'GET /hello: "
                       "native hello' under it"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(starts_with_the_routes_of_code_alone) {
  config.has_routes = false;
  add_plugin("p", "fixture_routes", offering("good"));
  start();

  BOOST_TEST(ask(0).status == 200u);
}

BOOST_AUTO_TEST_SUITE_END()
