#include <boost/test/unit_test.hpp>
#include <thread>

#include "dispatch/body_stream.hpp"
#include "dispatch/request_state.hpp"
#include "dispatch/responder.hpp"
#include "dispatch/response_stream.hpp"
#include "support/fake_mailbox.hpp"
#include "unit/dispatch/printing.hpp"

using namespace plughost::dispatch;
using plughost::http::HeaderLines;
using plughost::test::FakeMailbox;

namespace {

struct Fixture {
  Fixture() {
    responder.add_pool(pool);
    request.message.method = "GET";
    token = request.token();
  }

  Outcome start() {
    HeaderLines headers;
    headers.append("x-a", "b");
    return responder.start(token, 201, headers);
  }
  Outcome write(std::string_view bytes = "bytes") {
    return responder.write(token, bytes, {&count_up, &released});
  }
  Outcome respond() {
    HeaderLines headers;
    return responder.respond(token, {200, headers, "whole", {}});
  }
  Outcome finish() { return responder.finish(token, {}).outcome; }
  Notification notification() {
    return {[](void*, Token) noexcept {}, {&count_up, &released}};
  }

  static void count_up(void* counter) noexcept { ++*static_cast<std::atomic<int>*>(counter); }

  FakeMailbox mailbox;
  RequestPool pool{3, mailbox};
  Responder responder;
  Request& request = *pool.acquire();
  Token token = 0;
  std::atomic<int> released{0};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dispatch_responder_streams, Fixture)

BOOST_AUTO_TEST_CASE(begins_writes_and_ends) {
  BOOST_TEST(start() == Outcome::ok);
  BOOST_TEST(write() == Outcome::ok);
  BOOST_TEST(finish() == Outcome::ok);

  BOOST_TEST(mailbox.posted().size() == 1u);
  request.take_news();
  BOOST_TEST(request.started);
  BOOST_TEST(request.ended);
  BOOST_TEST(request.answer.status == 201u);
  BOOST_TEST(request.answer.headers.lines() == "x-a: b\r\n");
  BOOST_TEST(finish() == Outcome::stale);
  BOOST_TEST(write() == Outcome::stale);
  BOOST_TEST(start() == Outcome::stale);
}

BOOST_AUTO_TEST_CASE(refuses_calls_in_wrong_order) {
  BOOST_TEST(write() == Outcome::state);
  BOOST_TEST(finish() == Outcome::state);
  BOOST_TEST(responder.truncate(token) == Outcome::state);
  BOOST_TEST(responder.on_writable(token, notification()) == Outcome::state);
  BOOST_TEST(released == 2);

  BOOST_TEST(start() == Outcome::ok);

  BOOST_TEST(start() == Outcome::state);
  BOOST_TEST(respond() == Outcome::state);
  BOOST_TEST(finish() == Outcome::ok);
}

BOOST_AUTO_TEST_CASE(lets_a_started_stream_win_over_the_deadline) {
  start();

  BOOST_TEST(!RequestState::detach_unless_streaming(request));

  BOOST_TEST(write() == Outcome::ok);
}

BOOST_AUTO_TEST_CASE(lets_the_deadline_win_over_a_late_start) {
  BOOST_TEST(RequestState::detach_unless_streaming(request));

  BOOST_TEST(start() == Outcome::cancelled);
  BOOST_TEST(write() == Outcome::cancelled);
  BOOST_TEST(request.response_stream == nullptr);
  BOOST_TEST(finish() == Outcome::cancelled);  // what it owes: it counts
  BOOST_TEST(finish() == Outcome::stale);
}

BOOST_AUTO_TEST_CASE(gives_either_the_504_or_the_stream_however_they_race) {
  for (int i = 0; i < 300; ++i) {
    auto& raced = *pool.acquire();
    raced.message.method = "GET";
    std::atomic<int> ready{0};
    const auto meet = [&ready] {
      ++ready;
      while (ready < 2) std::this_thread::yield();
    };
    auto started = Outcome::ok;
    std::thread plugin([&] {
      HeaderLines headers;
      meet();
      started = responder.start(raced.token(), 200, headers);
    });
    meet();
    const bool timed_out = RequestState::detach_unless_streaming(raced);
    plugin.join();

    BOOST_REQUIRE(timed_out == (started == Outcome::cancelled));
    responder.truncate(raced.token());
    raced.take_news();
    pool.recycle(raced);
  }
}

BOOST_AUTO_TEST_CASE(gives_back_what_a_client_who_left_did_not_get) {
  start();
  request.take_news();
  write(std::string(5000, 'x'));

  pool.abandon(request);

  BOOST_TEST(released == 1);
  BOOST_TEST(responder.is_detached(token));
  BOOST_TEST(write() == Outcome::cancelled);
  BOOST_TEST(pool.in_use() == 1u);  // the end is still owed
  BOOST_TEST(finish() == Outcome::cancelled);
  pool.deliver(request);
  BOOST_TEST(pool.in_use() == 0u);
}

BOOST_AUTO_TEST_CASE(ends_a_request_that_was_posted_before_for_another_reason) {
  start();
  write();
  finish();
  BOOST_TEST(mailbox.posted().size() == 1u);

  pool.deliver(request);

  BOOST_TEST(pool.in_use() == 0u);
}

BOOST_AUTO_TEST_CASE(pulls_a_body_and_answers_whole) {
  request.body_stream = std::make_unique<BodyStream>(request);
  std::string arrived = "abc";
  request.body_stream->add(arrived, true);
  std::string_view part;

  BOOST_TEST(responder.read_body(token, 2, part) == Outcome::ok);
  BOOST_TEST(part == "ab");
  BOOST_TEST(respond() == Outcome::ok);

  request.take_news();
  BOOST_TEST(request.ended);
  BOOST_TEST(!request.started);
  BOOST_TEST(responder.read_body(token, 2, part) == Outcome::stale);
}

BOOST_AUTO_TEST_CASE(has_no_body_to_pull_of_a_whole_request) {
  std::string_view part;

  BOOST_TEST(responder.read_body(token, 2, part) == Outcome::state);
  BOOST_TEST(responder.on_body(token, notification()) == Outcome::state);
  BOOST_TEST(released == 1);
}

BOOST_AUTO_TEST_SUITE_END()
