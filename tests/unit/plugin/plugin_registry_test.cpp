#include "plugin/plugin_registry.hpp"

#include <boost/test/unit_test.hpp>

#include "dispatch/executor.hpp"
#include "unit/plugin/captured_log.hpp"
#include "unit/plugin/plugin_rig.hpp"

using namespace plughost;
using namespace plughost::plugin;

namespace {

using Lines = std::vector<std::string>;
using Clock = PluginRegistry::Clock;

Clock::time_point after(std::chrono::milliseconds time) { return Clock::now() + time; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(plugin_plugin_registry, PluginRig)

BOOST_AUTO_TEST_CASE(makes_every_call_in_its_order) {
  add_plugin("p", "fixture_tables", '{' + journal_option() + '}');
  add_route("p", "hello");
  add_route("p", "lent");
  start();
  BOOST_TEST(registry->drain(after(10s)));
  BOOST_TEST(registry->stop(after(10s)));

  const Lines expected{"create", "table_begin", "bind",   "bind",   "table_commit", "start",
                       "drain",  "stop",        "unbind", "unbind", "destroy"};
  BOOST_TEST(journal_lines() == expected, boost::test_tools::per_element());
  BOOST_TEST(!registry->work_abandoned());
}

BOOST_AUTO_TEST_CASE(loads_a_plugin_without_routes) {
  add_plugin("p", "fixture_plugin", '{' + journal_option() + '}');
  start();

  const Lines expected{"create", "start"};
  BOOST_TEST(journal_lines() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(undoes_everything_when_destroyed) {
  add_plugin("p", "fixture_plugin", '{' + journal_option() + '}');
  add_route("p", "hello");
  start();
  registry.reset();

  const Lines expected{"create", "bind", "start", "drain", "stop", "unbind", "destroy"};
  BOOST_TEST(journal_lines() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(destroys_what_was_created_when_another_is_missing) {
  add_plugin("p", "fixture_plugin", '{' + journal_option() + '}');
  add_plugin("q", "no_such_fixture");

  BOOST_TEST(start_errors().size() == 1u);
  const Lines expected{"create", "destroy"};
  BOOST_TEST(journal_lines() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(unbinds_what_was_bound_when_another_bind_fails) {
  add_plugin("p", "fixture_plugin", '{' + journal_option() + '}');
  add_route("p", "hello");
  add_route("p", "nonsense");

  BOOST_TEST(start_errors().size() == 1u);
  const Lines expected{"create", "bind", "bind", "unbind", "destroy"};
  BOOST_TEST(journal_lines() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(aborts_an_open_table_instead_of_unbinding) {
  add_plugin("p", "fixture_tables", '{' + journal_option() + '}');
  add_route("p", "hello");
  add_route("p", "nonsense");

  BOOST_TEST(start_errors().size() == 1u);
  const Lines expected{"create", "table_begin", "bind", "bind", "table_abort", "destroy"};
  BOOST_TEST(journal_lines() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(unbinds_a_committed_table_when_a_start_fails) {
  add_plugin("p", "fixture_tables", "{" + journal_option() + R"(, "fail": "start"})");
  add_route("p", "hello");

  BOOST_TEST(start_errors().size() == 1u);
  const Lines expected{"create", "table_begin", "bind",   "table_commit",
                       "start",  "unbind",      "destroy"};
  BOOST_TEST(journal_lines() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(stops_what_was_started_when_another_start_fails) {
  add_plugin("p", "fixture_plugin", '{' + journal_option() + '}');
  add_plugin("q", "fixture_plugin", R"({"fail": "start"})");

  BOOST_TEST(start_errors().size() == 1u);
  const Lines expected{"create", "start", "drain", "stop", "destroy"};
  BOOST_TEST(journal_lines() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(starts_in_the_order_of_the_file_and_stops_in_reverse) {
  const auto common = '{' + journal_option() + '}';
  add_plugin("p", "fixture_plugin", common);
  add_plugin("q", "fixture_tables", common);
  start();
  BOOST_TEST(registry->drain(after(10s)));
  BOOST_TEST(registry->stop(after(10s)));

  const auto lines = journal_lines();
  const Lines expected{"stop", "destroy", "stop", "destroy"};
  BOOST_TEST(Lines(lines.end() - 4, lines.end()) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(reports_all_mistakes_of_a_phase) {
  add_plugin("p", "fixture_no_entry");
  add_plugin("q", "fixture_major_2");

  const auto errors = start_errors();

  BOOST_REQUIRE(errors.size() == 2u);
  BOOST_TEST(errors[0].starts_with("routes.yaml:10:3: error: plugin 'p': "));
  BOOST_TEST(errors[1].starts_with("routes.yaml:11:3: error: plugin 'q': "));
}

BOOST_AUTO_TEST_CASE(reports_all_bad_routes) {
  add_plugin("p", "fixture_plugin");
  add_route("p", "nonsense");
  add_route("p", "hello");
  add_route("nobody", "hello");

  const Lines expected{"routes.yaml:20:7: error: plugin 'p': no handler 'nonsense'",
                       "routes.yaml:22:7: error: no plugin is named 'nobody'"};
  BOOST_TEST(start_errors() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(names_the_file_that_is_not_there) {
  config.plugins.push_back({"p", "missing.so", "{}", {}, {10, 3}});

  const auto errors = start_errors();

  BOOST_REQUIRE(errors.size() == 1u);
  BOOST_TEST(errors[0].starts_with(
      "routes.yaml:10:3: error: plugin 'p': 'missing.so': no such file; looked for "));
}

BOOST_AUTO_TEST_CASE(names_the_original_of_a_file_that_is_no_plugin) {
  const auto file = folder.write("x.so", "text");
  config.plugins.push_back({"p", "x.so", "{}", {}, {10, 3}});

  const Lines expected{"routes.yaml:10:3: error: plugin 'p': " + file.string() +
                       ": not a shared library (no ELF header)"};
  BOOST_TEST(start_errors() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(serves_two_copies_side_by_side) {
  add_plugin("p", "fixture_plugin");
  add_plugin("q", "fixture_plugin");
  const auto fault_of_p = add_route("p", "fault");
  const auto hello_of_p = add_route("p", "hello");
  const auto hello_of_q = add_route("q", "hello");
  start();

  ask(fault_of_p);

  BOOST_TEST(ask(hello_of_p).status == 503u);
  BOOST_TEST(ask(hello_of_q).body == "hello");
}

BOOST_AUTO_TEST_CASE(refuses_a_second_copy_of_a_singleton) {
  add_plugin("p", "fixture_singleton");
  add_plugin("q", "fixture_singleton");

  const Lines expected{
      "routes.yaml:11:3: error: plugin 'q': a process can have only one 'plughost.fixture', and "
      "plugin 'p' is one already; name that one in the routes"};
  BOOST_TEST(start_errors() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(maps_a_staged_copy_and_not_the_file_itself) {
  std::filesystem::copy_file(fixture("fixture_plugin"), folder.path() / "mine.so");
  config.plugins.push_back({"p", "mine.so", "{}", {}, {10, 3}});
  folder.write(".mine.so.0123456789abcdef0123456789abcdef.staged", "of another time");
  load();

  const auto maps = read_file("/proc/self/maps");

  BOOST_TEST(maps.find((folder.path() / "mine.so").string()) == std::string::npos);
  BOOST_TEST(maps.find((folder.path() / ".mine.so.").string()) != std::string::npos);
  BOOST_TEST(
      !std::filesystem::exists(folder.path() / ".mine.so.0123456789abcdef0123456789abcdef.staged"));
}

BOOST_AUTO_TEST_CASE(abandons_requests_that_are_still_owed_at_the_deadline) {
  const CapturedLog log;
  add_plugin("p", "fixture_plugin");
  const auto hold = add_route("p", "hold");
  start();
  auto& held = send(hold);

  BOOST_TEST(!registry->drain(after(20ms)));
  BOOST_TEST(registry->work_abandoned());
  BOOST_TEST(log.says("plugin 'p': is abandoned: it still holds work; requests in flight: 1"));
  responder.respond_problem(held.token(), 500, "");
  finish(held);
}

BOOST_AUTO_TEST_CASE(waits_for_the_bytes_that_are_lent) {
  add_plugin("p", "fixture_plugin");
  const auto lent = add_route("p", "lent");
  start();
  auto& request = send(lent);
  std::atomic<bool> is_drained{false};
  std::thread waiter([&] { is_drained = registry->drain(after(10s)); });

  const auto* handler = routes[lent].handler;
  BOOST_TEST(handler->in_flight() == 1u);
  BOOST_TEST(!is_drained);
  finish(request);
  waiter.join();
  BOOST_TEST(is_drained);
  BOOST_TEST(handler->in_flight() == 0u);
}

BOOST_AUTO_TEST_CASE(waits_for_drained_after_a_pending_drain) {
  add_plugin("p", "fixture_plugin", R"({"drain": "pending"})");
  start();

  BOOST_TEST(registry->drain(after(10s)));
  BOOST_TEST(registry->stop(after(10s)));
}

BOOST_AUTO_TEST_CASE(gives_up_a_drain_that_never_ends) {
  for (const auto* config_json : {R"({"drain": "never"})", R"({"hang": "drain"})"}) {
    BOOST_TEST_CONTEXT(config_json) {
      PluginRig rig;
      rig.add_plugin("p", "fixture_plugin", config_json);
      rig.start();

      BOOST_TEST(!rig.registry->drain(after(50ms)));
      BOOST_TEST(rig.registry->work_abandoned());
    }
  }
}

BOOST_AUTO_TEST_CASE(drains_plugins_at_once) {
  add_plugin("p", "fixture_plugin", R"({"hang": "drain"})");
  add_plugin("q", "fixture_plugin", '{' + journal_option() + '}');
  start();

  BOOST_TEST(!registry->drain(after(200ms)));
  BOOST_TEST(journal_lines().back() == "drain");
}

BOOST_AUTO_TEST_CASE(abandons_a_plugin_that_hangs_on_its_way_down) {
  for (const auto* call : {"stop", "unbind", "destroy"}) {
    BOOST_TEST_CONTEXT(call) {
      const CapturedLog log;
      PluginRig rig;
      rig.add_plugin("p", "fixture_plugin", R"({"hang": ")" + std::string(call) + "\"}");
      rig.add_route("p", "hello");
      rig.start();
      BOOST_TEST(rig.registry->drain(after(10s)));

      BOOST_TEST(!rig.registry->stop(after(50ms)));
      BOOST_TEST(rig.registry->work_abandoned());
      BOOST_TEST(log.says("plugin 'p': is abandoned: it has not returned from " +
                          std::string(call) + "() in time"));
    }
  }
}

BOOST_AUTO_TEST_CASE(begins_nothing_more_after_the_deadline) {
  add_plugin("p", "fixture_plugin", '{' + journal_option() + '}');
  add_plugin("q", "fixture_plugin", R"({"hang": "stop"})");
  start();
  BOOST_TEST(registry->drain(after(10s)));

  BOOST_TEST(!registry->stop(after(50ms)));
  BOOST_TEST(registry->work_abandoned());
  BOOST_TEST(journal_lines().back() == "drain");
}

BOOST_AUTO_TEST_CASE(never_overlaps_the_handlers_of_a_serial_plugin) {
  add_plugin("p", "fixture_serial");
  const auto overlap = add_route("p", "overlap", R"({"ms": 2})");
  start();
  dispatch::Executor executor(responder, 4, 100);
  std::vector<dispatch::Request*> requests;

  for (int i = 0; i < 20; ++i) {
    requests.push_back(&make_request(overlap));
    requests.back()->assign(*routes[overlap].handler);
    dispatch::dispatch(*requests.back(), executor, responder);
  }

  for (auto* request : requests) BOOST_TEST(finish(*request).body == "alone");
}

BOOST_AUTO_TEST_SUITE_END()
