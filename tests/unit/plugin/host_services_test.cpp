#include "plugin/host_services.hpp"

#include <boost/test/unit_test.hpp>

#include "plugin/abi_text.hpp"
#include "unit/plugin/captured_log.hpp"
#include "unit/plugin/plugin_rig.hpp"

using namespace plughost;
using namespace plughost::plugin;

BOOST_FIXTURE_TEST_SUITE(plugin_host_services, PluginRig)

BOOST_AUTO_TEST_CASE(tells_who_the_host_and_the_plugin_are) {
  const HostServices one("p", "/etc/plughost", responder);
  const HostServices two("p", "/etc/plughost", responder);

  BOOST_TEST(one.table()->size == sizeof(ph_host));
  BOOST_TEST(one.table()->abi_major == PH_ABI_MAJOR);
  BOOST_TEST(to_view(one.table()->name) == "p");
  BOOST_TEST(!to_view(one.table()->version).empty());
  BOOST_TEST(to_view(one.table()->instance_id) != to_view(two.table()->instance_id));
}

BOOST_AUTO_TEST_CASE(offers_the_folder_of_routes_yaml_and_nothing_else) {
  add_plugin("p", "fixture_plugin");
  const auto route = add_route("p", "config_dir");
  start();

  BOOST_TEST(ask(route).body == folder.path().string() + " other=none");
}

BOOST_AUTO_TEST_CASE(logs_one_line_with_plugin_and_request) {
  const CapturedLog log;
  add_plugin("p", "fixture_plugin");
  const auto route = add_route("p", "log");
  start();

  BOOST_TEST(ask(route).body == "1");
  BOOST_TEST(log.says("plugin 'p': request id-1 (/route): a line\n    and another\n"));
}

BOOST_AUTO_TEST_CASE(logs_without_a_request_for_a_stale_token) {
  const CapturedLog log;
  const HostServices services("p", "/", responder);

  services.table()->log(services.table(), 12345, PH_LOG_WARN, to_abi("words"));

  BOOST_TEST(log.says("plugin 'p': words\n"));
}

BOOST_AUTO_TEST_CASE(takes_levels_that_it_does_not_know) {
  const HostServices services("p", "/", responder);
  const auto* host = services.table();

  BOOST_TEST(host->log_enabled(host, 1000) == 1u);
  BOOST_TEST(host->log_enabled(host, -1000) == 0u);
}

BOOST_AUTO_TEST_CASE(keeps_the_first_fault) {
  const CapturedLog log;
  const HostServices services("p", "/", responder);

  services.table()->fault(services.table(), to_abi("first"));
  services.table()->fault(services.table(), to_abi("second"));

  BOOST_TEST(services.is_quarantined());
  BOOST_TEST(log.says("first"));
  BOOST_TEST(!log.says("second"));
}

BOOST_AUTO_TEST_SUITE_END()
