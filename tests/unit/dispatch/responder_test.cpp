#include "dispatch/responder.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>

#include "dispatch/request_state.hpp"
#include "support/fake_mailbox.hpp"
#include "unit/dispatch/printing.hpp"

using namespace plughost::dispatch;
using plughost::http::HeaderLines;
using plughost::test::FakeMailbox;

namespace {

void count_up(void* counter) noexcept { ++*static_cast<std::atomic<int>*>(counter); }

struct Fixture {
  Fixture() { responder.add_pool(pool); }

  Outcome respond(Token token, std::string_view body = "body") {
    HeaderLines headers;
    return responder.respond(token, {200, headers, body, {&count_up, &released}});
  }
  Notification callback() {
    return {[](void* ctx, Token) noexcept { ++static_cast<Fixture*>(ctx)->cancelled; },
            {[](void* ctx) noexcept { ++static_cast<Fixture*>(ctx)->callback_released; }, this}};
  }

  FakeMailbox mailbox;
  RequestPool pool{7, mailbox};
  Responder responder;
  std::atomic<int> released{0};
  int cancelled = 0;
  int callback_released = 0;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dispatch_responder, Fixture)

BOOST_AUTO_TEST_CASE(posts_an_answer_to_the_requests_io_thread) {
  auto* request = pool.acquire();

  BOOST_TEST(respond(request->token()) == Outcome::ok);

  BOOST_REQUIRE(mailbox.posted().size() == 1u);
  BOOST_TEST(mailbox.posted().front() == request);
  BOOST_TEST(request->answer.status == 200u);
  BOOST_TEST(request->answer.body == "body");
  BOOST_TEST(released == 0);
  pool.recycle(*request);
  BOOST_TEST(released == 1);
}

BOOST_AUTO_TEST_CASE(copies_a_body_that_is_not_lent) {
  auto* request = pool.acquire();
  HeaderLines headers;
  std::string body = "short-lived";

  responder.respond(request->token(), {200, headers, body, {}});
  body.assign("overwritten");

  BOOST_TEST(request->answer.body == "short-lived");
}

BOOST_AUTO_TEST_CASE(counts_only_the_first_terminal_call) {
  auto* request = pool.acquire();
  const auto token = request->token();

  BOOST_TEST(respond(token) == Outcome::ok);
  BOOST_TEST(respond(token, "second") == Outcome::stale);
  BOOST_TEST(released == 1);  // the second's
  BOOST_TEST(request->answer.body == "body");
}

BOOST_AUTO_TEST_CASE(refuses_stale_and_made_up_tokens) {
  auto* request = pool.acquire();
  const auto token = request->token();
  respond(token);
  pool.recycle(*request);
  auto* next = pool.acquire();
  BOOST_REQUIRE(next == request);

  for (const Token bad : {token, Token{0}, Token{1}, ~Token{0}, next->token() ^ (Token{1} << 40),
                          next->token() + 1}) {
    BOOST_TEST(respond(bad) == Outcome::stale);
    BOOST_TEST(responder.is_cancelled(bad));
    BOOST_TEST(!responder.label(bad).has_value());
  }
  BOOST_TEST(mailbox.posted().size() == 1u);
  BOOST_TEST(next->answer.status == 0u);
}

BOOST_AUTO_TEST_CASE(counts_but_drops_an_answer_nobody_waits_for) {
  auto* request = pool.acquire();

  BOOST_TEST(RequestState::detach(*request));
  BOOST_TEST(responder.is_cancelled(request->token()));
  BOOST_TEST(responder.is_detached(request->token()));
  BOOST_TEST(respond(request->token()) == Outcome::cancelled);

  BOOST_TEST(released == 1);
  BOOST_TEST(mailbox.posted().size() == 1u);
  BOOST_TEST(respond(request->token()) == Outcome::stale);
}

BOOST_AUTO_TEST_CASE(lets_an_answer_win_over_the_deadline) {
  auto* request = pool.acquire();

  respond(request->token());

  BOOST_TEST(!RequestState::detach(*request));
}

BOOST_AUTO_TEST_CASE(still_delivers_after_a_hint) {
  auto* request = pool.acquire();

  RequestState::hint_cancelled(*request);

  BOOST_TEST(responder.is_cancelled(request->token()));
  BOOST_TEST(!responder.is_detached(request->token()));
  BOOST_TEST(respond(request->token()) == Outcome::ok);
}

BOOST_AUTO_TEST_CASE(fires_the_cancel_callback_once) {
  auto* request = pool.acquire();

  BOOST_TEST(responder.on_cancel(request->token(), callback()) == Outcome::ok);
  RequestState::hint_cancelled(*request);
  RequestState::detach(*request);
  respond(request->token());

  BOOST_TEST(cancelled == 1);
  BOOST_TEST(callback_released == 1);
}

BOOST_AUTO_TEST_CASE(releases_the_cancel_callback_with_the_answer) {
  auto* request = pool.acquire();
  responder.on_cancel(request->token(), callback());

  respond(request->token());

  BOOST_TEST(cancelled == 0);
  BOOST_TEST(callback_released == 1);
}

BOOST_AUTO_TEST_CASE(takes_one_cancel_callback_a_request) {
  auto* request = pool.acquire();
  responder.on_cancel(request->token(), callback());

  BOOST_TEST(responder.on_cancel(request->token(), callback()) == Outcome::state);
  BOOST_TEST(callback_released == 1);
}

BOOST_AUTO_TEST_CASE(refuses_a_cancel_callback_that_comes_too_late) {
  auto* request = pool.acquire();
  RequestState::hint_cancelled(*request);

  BOOST_TEST(responder.on_cancel(request->token(), callback()) == Outcome::cancelled);
  BOOST_TEST(responder.on_cancel(Token{0}, callback()) == Outcome::stale);
  BOOST_TEST(cancelled == 0);
  BOOST_TEST(callback_released == 2);
}

BOOST_AUTO_TEST_CASE(answers_a_problem_with_the_requests_id) {
  auto* request = pool.acquire();
  request->request_id = "abc";

  BOOST_TEST(responder.respond_problem(request->token(), 503, "full") == Outcome::ok);

  BOOST_TEST(request->answer.status == 503u);
  BOOST_TEST(request->answer.body.find("\"abc\"") != std::string_view::npos);
  BOOST_TEST(request->answer.headers.lines().find("retry-after: 1") != std::string_view::npos);
}

BOOST_AUTO_TEST_CASE(lets_exactly_one_of_many_threads_answer) {
  for (int round = 0; round < 200; ++round) {
    auto* request = pool.acquire();
    const auto token = request->token();
    std::atomic<int> counted{0};
    std::vector<std::thread> threads;

    for (int i = 0; i < 3; ++i) {
      threads.emplace_back([&] {
        if (respond(token) != Outcome::stale) ++counted;
      });
    }
    threads.emplace_back([&] { responder.on_cancel(token, callback()); });
    RequestState::detach(*request);
    for (auto& thread : threads) thread.join();

    BOOST_TEST(counted == 1);
    pool.recycle(*request);
  }
  BOOST_TEST(callback_released == 200);
  BOOST_TEST(released == 600);
}

BOOST_AUTO_TEST_SUITE_END()
