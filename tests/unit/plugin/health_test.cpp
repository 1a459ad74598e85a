#include <boost/test/unit_test.hpp>
#include <thread>

#include "unit/plugin/captured_log.hpp"
#include "unit/plugin/plugin_rig.hpp"

using namespace plughost;
using namespace plughost::plugin;

namespace {

using Sentences = std::vector<std::string>;
using Clock = PluginRegistry::Clock;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(plugin_health, PluginRig)

BOOST_AUTO_TEST_CASE(is_well_with_plugins_that_say_so_or_nothing) {
  add_plugin("p", "fixture_plugin", '{' + journal_option() + '}');
  add_plugin("m", "metrics_plugin");
  add_route("p", "hello");
  add_route("m", "none");
  start();

  BOOST_TEST(registry->ailments().empty());
  BOOST_TEST(journal_lines().back() == "health");
}

BOOST_AUTO_TEST_CASE(names_the_plugin_and_its_reason) {
  add_plugin("p", "fixture_plugin", R"({"fail": "health"})");
  add_route("p", "hello");
  start();

  BOOST_TEST(registry->ailments() == Sentences{"plugin 'p': this call was told to fail"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(asks_only_plugins_with_routes) {
  add_plugin("p", "fixture_plugin", R"({"fail": "health"})");
  start();

  BOOST_TEST(registry->ailments().empty());
}

BOOST_AUTO_TEST_CASE(asks_nobody_who_is_not_started) {
  add_plugin("p", "fixture_plugin", '{' + journal_option() + '}');
  add_route("p", "hello");
  load();
  registry->begin_table();
  registry->bind(config, routes);
  registry->ailments();
  registry->start();
  registry->drain(Clock::now() + 10s);
  registry->ailments();

  const Sentences expected{"create", "bind", "start", "drain"};
  BOOST_TEST(journal_lines() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(reports_a_plugin_that_is_out_of_service) {
  const CapturedLog log;
  add_plugin("p", "fixture_plugin");
  const auto route = add_route("p", "fault");
  start();
  ask(route);

  BOOST_TEST(registry->ailments() == Sentences{"plugin 'p': is out of service"},
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_plugin_that_hangs_in_health_is_abandoned) {
  const CapturedLog log;
  add_plugin("p", "fixture_plugin", '{' + journal_option() + R"(, "hang": "health"})");
  add_route("p", "hello");
  start();
  std::thread([this] { registry->ailments(); }).detach();
  const auto end = Clock::now() + 10s;
  while (journal_lines().back() != "health" && Clock::now() < end) std::this_thread::yield();

  BOOST_TEST(!registry->drain(Clock::now() + 50ms));
  BOOST_TEST(registry->work_abandoned());
  BOOST_TEST(log.says("is abandoned: it has not returned from health()"));
}

BOOST_AUTO_TEST_SUITE_END()
