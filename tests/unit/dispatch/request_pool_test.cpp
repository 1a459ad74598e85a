#include "dispatch/request_pool.hpp"

#include <boost/test/unit_test.hpp>
#include <set>

#include "dispatch/handler.hpp"
#include "support/fake_mailbox.hpp"

using namespace plughost::dispatch;
using plughost::test::FakeMailbox;

namespace {

class NoHandler final : public Handler {
 public:
  void handle(Request&) noexcept override {}
  bool nonblocking() const noexcept override { return true; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(dispatch_request_pool)

BOOST_AUTO_TEST_CASE(never_hands_out_token_zero) {
  FakeMailbox mailbox;
  RequestPool pool(0, mailbox);

  BOOST_TEST(pool.acquire()->token() != 0u);
}

BOOST_AUTO_TEST_CASE(gives_every_request_another_token) {
  FakeMailbox mailbox;
  RequestPool pool(3, mailbox);
  std::set<Token> tokens;

  for (int i = 0; i < 1000; ++i) tokens.insert(pool.acquire()->token());
  auto* again = pool.acquire();
  tokens.insert(again->token());
  pool.recycle(*again);
  tokens.insert(pool.acquire()->token());

  BOOST_TEST(tokens.size() == 1002u);
  BOOST_TEST(pool.in_use() == 1001u);
}

BOOST_AUTO_TEST_CASE(finds_slots_and_nothing_else) {
  FakeMailbox mailbox;
  RequestPool pool(0, mailbox);
  auto* request = pool.acquire();
  const auto slot = static_cast<std::uint32_t>(request->token() >> 32) & 0xFFFFFF;

  BOOST_TEST(pool.find(slot) == request);
  BOOST_TEST(pool.find(0xFFFFFF) == nullptr);
}

BOOST_AUTO_TEST_CASE(clears_a_recycled_request) {
  FakeMailbox mailbox;
  RequestPool pool(0, mailbox);
  NoHandler handler;
  int released = 0;
  auto* request = pool.acquire();
  request->assign(handler);
  request->message.body.assign(100'000, 'x');
  request->request_id = "id";
  request->answer.release = {[](void* ctx) noexcept { ++*static_cast<int*>(ctx); }, &released};
  BOOST_TEST(handler.in_flight() == 1u);

  pool.recycle(*request);

  BOOST_TEST(released == 1);
  BOOST_TEST(handler.in_flight() == 0u);
  BOOST_TEST(request->request_id.empty());
  BOOST_TEST(request->message.body.capacity() <= 16u * 1024);
  BOOST_TEST(pool.in_use() == 0u);
}

BOOST_AUTO_TEST_CASE(gives_a_handler_no_more_requests_than_its_limit) {
  FakeMailbox mailbox;
  RequestPool pool(0, mailbox);
  NoHandler handler;
  auto* first = pool.acquire();
  auto* second = pool.acquire();

  BOOST_TEST(first->assign(handler, 1));
  BOOST_TEST(!second->assign(handler, 1));
  BOOST_TEST(handler.in_flight() == 1u);
  BOOST_TEST(pool.dispatched() == 1u);

  pool.recycle(*first);
  BOOST_TEST(second->assign(handler, 1));
  pool.recycle(*second);
}

BOOST_AUTO_TEST_CASE(keeps_scratch_memory_apart_for_each_request) {
  FakeMailbox mailbox;
  RequestPool pool(0, mailbox);
  auto* first = pool.acquire()->scratch(1000);
  auto* second = pool.acquire()->scratch(1000);

  BOOST_TEST(first != second);
  BOOST_TEST(reinterpret_cast<std::uintptr_t>(first) % alignof(std::max_align_t) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
