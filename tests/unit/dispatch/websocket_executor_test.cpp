#include <atomic>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <thread>

#include "dispatch/websocket.hpp"
#include "unit/dispatch/websocket_fixture.hpp"

using namespace plughost::test;

namespace {

/// Waits in its messages until the test lets it go; notices calls that overlap.
struct Slow final : WebSocketListener {
  struct Shared {
    std::atomic<bool> go{false}, inside{false};
    std::atomic<int> messages{0}, overlaps{0}, closed{0};
  };
  struct Call {
    explicit Call(Shared& s) : shared(s) { shared.overlaps += shared.inside.exchange(true); }
    ~Call() { shared.inside = false; }
    Shared& shared;
  };

  explicit Slow(Shared& to) : shared(to) {}
  void opened(Token) noexcept override { const Call call(shared); }
  void message(Token, bool, std::string_view) noexcept override {
    const Call call(shared);
    shared.go.wait(false);
    ++shared.messages;
  }
  void writable(Token) noexcept override { const Call call(shared); }
  void closed(Token, std::uint16_t, std::string_view) noexcept override {
    const Call call(shared);
    ++shared.closed;
  }

  Shared& shared;
};

struct SlowFixture : WebSocketFixture {
  SlowFixture() {
    handler.fast = false;
    UpgradeOrder order{std::make_unique<Slow>(shared), {}, headers};
    BOOST_REQUIRE(responder.upgrade(token, order) == Outcome::ok);
    request->take_news();
    request->websocket->open(executor);
  }
  ~SlowFixture() {
    let_go();
    executor.stop();
  }

  void let_go() {
    shared.go = true;
    shared.go.notify_all();
  }

  Slow::Shared shared;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dispatch_websocket_on_executor, SlowFixture)

BOOST_AUTO_TEST_CASE(says_when_there_is_room_for_messages_again) {
  auto& socket = *request->websocket;
  const auto before = mailbox.posted().size();
  socket.received(true, std::string(WebSocket::kRoom, 'x'), {});
  socket.received(true, std::string(WebSocket::kRoom, 'x'), {});
  BOOST_TEST(!socket.has_room());

  let_go();

  BOOST_TEST(mailbox.wait_for(before + 1));
  BOOST_TEST(socket.has_room());
  socket.lost("");
}

BOOST_AUTO_TEST_CASE(bounds_the_number_of_messages_too) {
  auto& socket = *request->websocket;

  for (std::size_t i = 0; i <= WebSocket::kRoomMessages; ++i) socket.received(true, "", {});

  BOOST_TEST(!socket.has_room());
  socket.lost("");
}

BOOST_AUTO_TEST_CASE(tells_everything_one_by_one_whatever_thread_it_is) {
  auto& socket = *request->websocket;
  let_go();
  const auto before = mailbox.posted().size();

  for (int i = 0; i < 1000; ++i) socket.received(true, "x", {});
  socket.finish({1000, ""}, {1000, ""});

  while (shared.closed == 0) std::this_thread::yield();
  BOOST_TEST(shared.messages == 1000);
  BOOST_TEST(shared.overlaps == 0);
  BOOST_TEST(mailbox.wait_for(before + 1));
}

BOOST_AUTO_TEST_CASE(answers_the_close_when_the_plugin_takes_too_long) {
  auto& socket = *request->websocket;
  socket.received(true, "x", {});
  socket.finish({1000, ""}, {1000, ""});
  BOOST_TEST(!socket.is_closing());

  socket.answer_close();

  BOOST_TEST(socket.is_closing());
  BOOST_TEST(written() == "\x88\x02\x03\xE8");
}

BOOST_AUTO_TEST_SUITE_END()
