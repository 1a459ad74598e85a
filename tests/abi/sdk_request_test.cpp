#include <boost/test/unit_test.hpp>
#include <memory>
#include <plughost/sdk/request.hpp>
#include <string>
#include <thread>

#include "support/fake_host.hpp"
#include "support/fake_request.hpp"

using plughost::sdk::Request;
using plughost::sdk::Response;
using plughost::test::Answer;
using plughost::test::FakeHost;
using plughost::test::FakeRequest;

namespace {

struct Fixture {
  FakeHost host;
  FakeRequest source;
  ph_req token = host.open();

  Request request() { return {host.raw(), token, source.head()}; }
  Answer answer() { return host.answer(token).value(); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(abi_sdk_request)

BOOST_FIXTURE_TEST_CASE(shows_what_the_host_knows, Fixture) {
  source.method = "PUT";
  source.path = "/a b";
  source.query = "x=1";
  source.body = "body";
  source.headers = {{"accept", "text/html"}, {"accept", "*/*"}};
  source.params = {{"id", "7"}};

  Request shown = request();

  BOOST_TEST(shown.method() == "PUT");
  BOOST_TEST(shown.path() == "/a b");
  BOOST_TEST(shown.query() == "x=1");
  BOOST_TEST(shown.body() == "body");
  BOOST_TEST(shown.header("Accept").value() == "text/html");
  BOOST_TEST(!shown.header("accep").has_value());
  BOOST_TEST(shown.headers().count == 2U);
  BOOST_TEST(shown.param("id").value() == "7");
  BOOST_TEST(!shown.param("ID").has_value());
  BOOST_TEST(!shown.deadline().has_value());
  shown.respond(Response());
}

BOOST_FIXTURE_TEST_CASE(gives_the_deadline_on_the_steady_clock, Fixture) {
  const auto in_a_minute = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  source.deadline_ns =
      static_cast<std::uint64_t>(std::chrono::nanoseconds(in_a_minute.time_since_epoch()).count());

  Request shown = request();

  BOOST_TEST((shown.deadline().value() == in_a_minute));
  shown.respond(Response());
}

BOOST_FIXTURE_TEST_CASE(answers_500_when_dropped, Fixture) {
  {
    const Request dropped = request();
  }

  BOOST_TEST(answer().status == 500U);
  BOOST_TEST(answer().reason == "the handler dropped the request without an answer");
}

BOOST_FIXTURE_TEST_CASE(answers_once_however_often_it_is_moved, Fixture) {
  Request first = request();
  Request second = std::move(first);
  Request third(host.raw(), 0, nullptr);
  third = std::move(second);

  BOOST_TEST(third.respond(Response(204)) == PH_OK);

  BOOST_TEST(answer().status == 204U);
  BOOST_TEST(!third.owed());
  BOOST_TEST(host.stale_calls() == 0U);
}

BOOST_FIXTURE_TEST_CASE(drops_the_request_it_is_assigned_over, Fixture) {
  const ph_req other = host.open();
  Request target = request();

  target = Request(host.raw(), other, source.head());

  BOOST_TEST(answer().status == 500U);
  target.respond(Response());
  BOOST_TEST(host.answer(other)->status == 200U);
}

BOOST_FIXTURE_TEST_CASE(answers_from_another_thread, Fixture) {
  source.body = "later";

  std::thread([later = request()]() mutable {
    later.respond(Response::text_view(later.body()));
  }).join();

  BOOST_TEST(answer().body == "later");
}

BOOST_FIXTURE_TEST_CASE(has_no_views_once_answered, Fixture) {
  source.body = "gone";
  source.headers = {{"a", "b"}};
  Request answered = request();

  answered.respond(Response());

  BOOST_TEST(answered.body().empty());
  BOOST_TEST(answered.method().empty());
  BOOST_TEST(answered.headers().count == 0U);
  BOOST_TEST(answered.head() == nullptr);
}

BOOST_FIXTURE_TEST_CASE(still_owes_the_answer_after_a_refused_one, Fixture) {
  host.refuse_next_respond(PH_E_INVALID);
  Request refused = request();

  BOOST_TEST(refused.respond(Response(200)) == PH_E_INVALID);
  BOOST_TEST(refused.owed());
  BOOST_TEST(refused.respond(Response(503)) == PH_OK);

  BOOST_TEST(answer().status == 503U);
}

BOOST_FIXTURE_TEST_CASE(owes_nothing_after_a_cancelled_answer, Fixture) {
  Request cancelled = request();
  host.cancel(token);

  BOOST_TEST(cancelled.is_cancelled());
  BOOST_TEST(cancelled.respond(Response()) == PH_E_CANCELLED);
  BOOST_TEST(!cancelled.owed());
}

BOOST_FIXTURE_TEST_CASE(says_stale_to_a_second_answer, Fixture) {
  Request twice = request();
  twice.respond(Response(200));

  BOOST_TEST(twice.respond(Response(201)) == PH_E_STALE);

  BOOST_TEST(answer().status == 200U);
}

BOOST_FIXTURE_TEST_CASE(runs_the_cancel_callback_and_frees_it, Fixture) {
  const auto called = std::make_shared<int>(0);
  Request watched = request();
  BOOST_TEST(watched.on_cancel([called] { ++*called; }) == PH_OK);

  host.cancel(token);

  BOOST_TEST(*called == 1);
  BOOST_TEST(called.use_count() == 1);
  watched.respond(Response());
}

BOOST_FIXTURE_TEST_CASE(frees_the_cancel_callback_of_an_answered_request, Fixture) {
  const auto called = std::make_shared<int>(0);
  Request watched = request();
  watched.on_cancel([called] { ++*called; });

  watched.respond(Response());

  BOOST_TEST(*called == 0);
  BOOST_TEST(called.use_count() == 1);
}

BOOST_FIXTURE_TEST_CASE(frees_a_cancel_callback_that_comes_too_late, Fixture) {
  const auto called = std::make_shared<int>(0);
  Request late = request();
  host.cancel(token);

  BOOST_TEST(late.on_cancel([called] { ++*called; }) == PH_E_CANCELLED);

  BOOST_TEST(*called == 0);
  BOOST_TEST(called.use_count() == 1);
  late.respond(Response());
}

BOOST_AUTO_TEST_SUITE_END()
