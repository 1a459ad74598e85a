#include "plugin/plugin_handler.hpp"

#include <boost/test/unit_test.hpp>

#include "plugin/abi_text.hpp"
#include "unit/plugin/captured_log.hpp"
#include "unit/plugin/plugin_rig.hpp"

using namespace plughost;
using namespace plughost::plugin;

namespace {

struct Row {
  const char* name;
  int code;
  int http_status;
  unsigned answer;
  bool tells_the_client;
};

constexpr Row kReturns[] = {
    {"invalid", PH_E_INVALID, 0, 400, true},
    {"busy", PH_E_BUSY, 0, 503, false},
    {"unavailable", PH_E_UNAVAILABLE, 0, 503, false},
    {"unsupported", PH_E_UNSUPPORTED, 0, 501, false},
    {"no memory", PH_E_NOMEM, 0, 500, false},
    {"cancelled", PH_E_CANCELLED, 0, 500, false},
    {"stale", PH_E_STALE, 0, 500, false},
    {"state", PH_E_STATE, 0, 500, false},
    {"thread", PH_E_THREAD, 0, 500, false},
    {"config", PH_E_CONFIG, 0, 500, false},
    {"needs replace", PH_E_NEEDS_REPLACE, 0, 500, false},
    {"internal", PH_E_INTERNAL, 0, 500, false},
    {"an unknown error", -77, 0, 500, false},
    {"pending", PH_PENDING, 0, 500, false},
    {"an unknown positive value", 77, 0, 500, false},
    {"its own 4xx", PH_E_INTERNAL, 422, 422, true},
    {"its own 5xx", PH_E_INVALID, 502, 502, false},
    {"no error status at all", PH_E_INVALID, 200, 400, true},
    {"no status at all", PH_E_INTERNAL, 1000, 500, false},
};

std::string options_of(const Row& row) {
  return R"({"code": )" + std::to_string(row.code) + R"(, "http_status": )" +
         std::to_string(row.http_status) + R"(, "message": "the reason"})";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(plugin_plugin_handler, PluginRig)

BOOST_AUTO_TEST_CASE(answers_for_a_handler_that_took_nothing) {
  const CapturedLog log;
  add_plugin("p", "fixture_plugin");
  for (const auto& row : kReturns) add_route("p", "return", options_of(row));
  start();

  for (std::size_t i = 0; i < std::size(kReturns); ++i) {
    BOOST_TEST_CONTEXT(kReturns[i].name) {
      const auto answer = ask(i);
      BOOST_TEST(answer.status == kReturns[i].answer);
      const bool told = answer.body.find("the reason") != std::string::npos;
      BOOST_TEST(told == kReturns[i].tells_the_client);
      const bool has_retry_after = answer.headers.find("etry-") != std::string::npos;
      BOOST_TEST(has_retry_after == (answer.status == 503));
    }
  }
}

BOOST_AUTO_TEST_CASE(names_a_failure_of_the_plugin_in_the_log) {
  const CapturedLog log;
  add_plugin("p", "fixture_plugin");
  const auto route = add_route("p", "return", R"({"code": 77, "message": "the reason"})");
  start();

  ask(route);

  BOOST_TEST(
      log.says("plugin 'p': route /route, handler 'return': request id-1: handle() returned "
               "unknown status 77: the reason"));
}

BOOST_AUTO_TEST_CASE(names_a_plugin_that_answers_and_then_fails) {
  const CapturedLog log;
  add_plugin("p", "fixture_plugin");
  const auto route = add_route("p", "answer_and_fail");
  start();

  const auto answer = ask(route);

  BOOST_TEST(answer.status == 200u);
  BOOST_TEST(answer.body == "answered");
  BOOST_TEST(
      log.says("plugin 'p': route /route, handler 'answer_and_fail': handle() returned "
               "PH_E_INTERNAL: and then it failed after it had answered the request"));
}

BOOST_AUTO_TEST_CASE(answers_503_without_asking_a_quarantined_plugin) {
  const CapturedLog log;
  add_plugin("p", "fixture_plugin");
  const auto fault = add_route("p", "fault");
  const auto hello = add_route("p", "hello");
  start();

  BOOST_TEST(ask(fault).body == "the last one");
  BOOST_TEST(ask(hello).status == 503u);
  BOOST_TEST(ask(fault).status == 503u);
  BOOST_TEST(log.says("plugin 'p': is out of service, its routes answer 503: told to"));
}

BOOST_AUTO_TEST_CASE(is_quiet_only_without_requests_and_threads) {
  add_plugin("p", "fixture_plugin");
  const auto route = add_route("p", "lent");
  start();
  const auto& handler = static_cast<const PluginHandler&>(*routes[route].handler);

  auto& request = send(route);
  BOOST_TEST(!handler.is_quiet());
  finish(request);

  BOOST_TEST(handler.is_quiet());
}

BOOST_AUTO_TEST_SUITE_END()
