#include "plugin/http_services.hpp"

#include <boost/test/unit_test.hpp>

#include "plugin/abi_text.hpp"
#include "unit/plugin/captured_log.hpp"
#include "unit/plugin/plugin_rig.hpp"

using namespace plughost;
using namespace plughost::plugin;

namespace {

/// One fixture, its counters and a handler under test.
struct HttpRig : PluginRig {
  HttpRig() { add_plugin("p", "fixture_plugin"); }

  std::size_t start_with(const std::string& handler, const std::string& options = "{}") {
    const auto route = add_route("p", handler, options);
    counters_route_ = add_route("p", "counters");
    start();
    return route;
  }
  std::string counters() { return ask(counters_route_).body; }

 private:
  std::size_t counters_route_ = 0;
};

struct Row {
  const char* handler;
  const char* options;
  const char* objection;
};

constexpr Row kRefused[] = {
    {"bad_status", R"({"code": 199})", "status 199 is not 200 to 599"},
    {"bad_status", R"({"code": 600})", "status 600 is not 200 to 599"},
    {"bad_header", "{}", "header 'x-note' has a control character in its value"},
    {"bad_length", "{}", "Content-Length says 5, the body has 4 bytes"},
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(plugin_http_services, HttpRig)

BOOST_AUTO_TEST_CASE(answers_with_status_headers_and_body) {
  const auto answer = ask(start_with("hello"));

  BOOST_TEST(answer.status == 200u);
  BOOST_TEST(answer.body == "hello");
  BOOST_TEST(answer.headers.find("ontent-") != std::string::npos);
  BOOST_TEST(answer.headers.find("text/plain") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(gives_lent_bytes_back_when_they_are_written) {
  const auto route = start_with("lent");

  auto& request = send(route);
  BOOST_TEST(counters().starts_with("releases=0 "));
  BOOST_TEST(finish(request).body == "lent");

  BOOST_TEST(counters().starts_with("releases=1 "));
}

BOOST_AUTO_TEST_CASE(refuses_a_bad_answer_and_still_waits_for_a_good_one) {
  for (const auto& row : kRefused) {
    BOOST_TEST_CONTEXT(row.objection) {
      const CapturedLog log;
      HttpRig rig;
      const auto answer = rig.ask(rig.start_with(row.handler, row.options));

      BOOST_TEST(answer.status == 200u);
      BOOST_TEST(answer.body == std::to_string(PH_E_INVALID));
      BOOST_TEST(answer.headers.find("set-cookie") == std::string::npos);
      BOOST_TEST(rig.counters().starts_with("releases=1 "));
      BOOST_TEST(log.says("plugin 'p': request id-1 (/route): respond() is refused: " +
                          std::string(row.objection)));
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_a_struct_that_is_too_short_to_hold_a_release) {
  const CapturedLog log;

  BOOST_TEST(ask(start_with("bad_struct")).body == std::to_string(PH_E_INVALID));
  BOOST_TEST(counters().starts_with("releases=0 "));
}

BOOST_AUTO_TEST_CASE(takes_the_first_of_two_answers) {
  const auto answer = ask(start_with("twice"));

  BOOST_TEST(answer.body == "first");
  BOOST_TEST(counters().ends_with("late=" + std::to_string(PH_E_STALE)));
}

BOOST_AUTO_TEST_CASE(takes_an_answer_from_another_thread) {
  BOOST_TEST(ask(start_with("later")).body == "later");
}

BOOST_AUTO_TEST_CASE(answers_500_for_an_abort_and_logs_the_reason) {
  const CapturedLog log;
  const auto answer = ask(start_with("abort"));

  BOOST_TEST(answer.status == 500u);
  BOOST_TEST(answer.body.find("lost its way") == std::string::npos);
  BOOST_TEST(log.says("plugin 'p': gave up request id-1 (/route): lost its way"));
}

BOOST_AUTO_TEST_CASE(says_stale_for_a_token_that_is_over) {
  const auto stale = std::to_string(PH_E_STALE);

  const auto answer = ask(start_with("stale"));

  BOOST_TEST(answer.body == "respond=" + stale + " start=" + stale + " cancelled=1");
}

BOOST_AUTO_TEST_CASE(leaves_the_answer_owed_after_the_host_gave_its_own) {
  auto& request = send(start_with("await_cancel"));

  BOOST_TEST(dispatch::RequestState::detach(request));

  BOOST_TEST(is_answered(request));
  finish(request);
  BOOST_TEST(counters() ==
             "releases=0 callbacks=1 cancel_releases=1 late=" + std::to_string(PH_E_CANCELLED));
}

BOOST_AUTO_TEST_CASE(keeps_a_request_that_is_never_answered) {
  const auto route = start_with("never");
  auto& request = send(route);
  BOOST_TEST(dispatch::RequestState::detach(request));

  BOOST_TEST(!is_answered(request));
  BOOST_TEST(routes[route].handler->in_flight() == 1u);
  BOOST_TEST((responder.respond_problem(request.token(), 500, "") == dispatch::Outcome::cancelled));
  finish(request);
}

BOOST_AUTO_TEST_CASE(releases_a_cancel_callback_that_is_not_needed) {
  const auto route = start_with("await_cancel");
  auto& request = send(route);
  BOOST_TEST((responder.respond_problem(request.token(), 500, "") == dispatch::Outcome::ok));
  finish(request);

  BOOST_TEST(counters() == "releases=0 callbacks=0 cancel_releases=1 late=0");
}

BOOST_AUTO_TEST_CASE(takes_one_cancel_callback_a_request) {
  BOOST_TEST(ask(start_with("cancel_twice")).body == std::to_string(PH_E_STATE));
  BOOST_TEST(counters() == "releases=0 callbacks=0 cancel_releases=2 late=0");
}

BOOST_AUTO_TEST_CASE(says_unsupported_of_a_protocol_it_does_not_speak) {
  BOOST_TEST(ask(start_with("unsupported")).body ==
             "upgrade=" + std::to_string(PH_E_UNSUPPORTED) + '\n');
}

BOOST_AUTO_TEST_SUITE_END()
