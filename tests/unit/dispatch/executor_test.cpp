#include "dispatch/executor.hpp"

#include <boost/test/unit_test.hpp>
#include <functional>
#include <latch>

#include "dispatch/handler.hpp"
#include "dispatch/request_state.hpp"
#include "dispatch/responder.hpp"
#include "support/fake_mailbox.hpp"

using namespace plughost::dispatch;
using plughost::http::HeaderLines;
using plughost::test::FakeMailbox;

namespace {

class Callable final : public Handler {
 public:
  explicit Callable(std::function<void(Request&)> action, Strand* strand = nullptr,
                    bool nonblocking = false)
      : action_(std::move(action)), strand_(strand), nonblocking_(nonblocking) {}
  void handle(Request& request) noexcept override { action_(request); }
  bool nonblocking() const noexcept override { return nonblocking_; }
  Strand* strand() noexcept override { return strand_; }

 private:
  std::function<void(Request&)> action_;
  Strand* strand_;
  bool nonblocking_;
};

struct Fixture {
  Fixture() { responder.add_pool(pool); }

  Request& request_for(Handler& handler) {
    auto* request = pool.acquire();
    request->assign(handler);
    return *request;
  }
  void respond(Request& request) {
    HeaderLines headers;
    responder.respond(request.token(), {200, headers, "", {}});
  }

  FakeMailbox mailbox;
  RequestPool pool{0, mailbox};
  Responder responder;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dispatch_executor, Fixture)

BOOST_AUTO_TEST_CASE(runs_every_submitted_request) {
  Callable handler([this](Request& request) { respond(request); });
  Executor executor(responder, 4, 1000);

  for (int i = 0; i < 1000; ++i) BOOST_REQUIRE(executor.submit(request_for(handler)));

  BOOST_TEST(mailbox.wait_for(1000));
}

BOOST_AUTO_TEST_CASE(refuses_what_its_queue_cannot_hold) {
  std::latch go(1);
  std::latch started(1);
  Callable blocker([&](Request& request) {
    started.count_down();
    go.wait();
    respond(request);
  });
  Callable quick([this](Request& request) { respond(request); });
  Executor executor(responder, 1, 2);
  BOOST_REQUIRE(executor.submit(request_for(blocker)));
  started.wait();

  BOOST_TEST(executor.submit(request_for(quick)));
  BOOST_TEST(executor.submit(request_for(quick)));
  BOOST_TEST(!executor.submit(request_for(quick)));
  go.count_down();

  BOOST_TEST(mailbox.wait_for(3));
}

BOOST_AUTO_TEST_CASE(never_overlaps_requests_of_one_strand) {
  Strand strand;
  std::atomic<int> inside{0};
  std::atomic<bool> overlapped{false};
  Callable handler(
      [&](Request& request) {
        if (inside.fetch_add(1) != 0) overlapped = true;
        std::this_thread::yield();
        inside.fetch_sub(1);
        respond(request);
      },
      &strand);
  Executor executor(responder, 4, 1000);

  for (int i = 0; i < 500; ++i) BOOST_REQUIRE(executor.submit(request_for(handler)));

  BOOST_TEST(mailbox.wait_for(500));
  BOOST_TEST(!overlapped);
}

BOOST_AUTO_TEST_CASE(does_not_call_the_handler_for_a_request_nobody_waits_for) {
  std::atomic<int> calls{0};
  Callable handler([&](Request& request) {
    ++calls;
    respond(request);
  });
  Executor executor(responder, 1, 10);
  auto& request = request_for(handler);
  RequestState::detach(request);

  executor.submit(request);

  BOOST_TEST(mailbox.wait_for(1));
  BOOST_TEST(calls == 0);
}

BOOST_AUTO_TEST_CASE(runs_what_is_queued_before_it_stops) {
  Callable handler([this](Request& request) { respond(request); });
  Executor executor(responder, 2, 100);
  for (int i = 0; i < 100; ++i) executor.submit(request_for(handler));

  executor.stop();

  BOOST_TEST(mailbox.posted().size() == 100u);
  BOOST_TEST(!executor.submit(request_for(handler)));
}

BOOST_AUTO_TEST_CASE(runs_a_nonblocking_handler_on_the_calling_thread) {
  std::thread::id ran_on;
  Callable handler(
      [&](Request& request) {
        ran_on = std::this_thread::get_id();
        respond(request);
      },
      nullptr, true);
  Executor executor(responder, 1, 10);

  dispatch(request_for(handler), executor, responder);

  BOOST_TEST((ran_on == std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(answers_503_when_the_queue_is_full) {
  Callable handler([this](Request& request) { respond(request); });
  Executor executor(responder, 1, 0);
  auto& request = request_for(handler);

  dispatch(request, executor, responder);

  BOOST_REQUIRE(mailbox.posted().size() == 1u);
  BOOST_TEST(request.answer.status == 503u);
}

BOOST_AUTO_TEST_SUITE_END()
