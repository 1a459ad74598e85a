#include "dispatch/websocket.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "dispatch/executor.hpp"
#include "dispatch/handler.hpp"
#include "dispatch/request_state.hpp"
#include "dispatch/responder.hpp"
#include "dispatch/response_stream.hpp"
#include "support/fake_mailbox.hpp"
#include "unit/dispatch/printing.hpp"

using namespace plughost::dispatch;
using plughost::http::HeaderLines;
using plughost::http::websocket::Closing;
using plughost::test::FakeMailbox;

namespace {

using Notes = std::vector<std::string>;

struct Recorder final : WebSocketListener {
  explicit Recorder(Notes& to) : notes(to) {}
  ~Recorder() override { notes.push_back("gone"); }

  void opened(Token) noexcept override { notes.push_back("open"); }
  void message(Token, bool is_text, std::string_view bytes) noexcept override {
    notes.push_back((is_text ? "text " : "binary ") + std::string(bytes));
  }
  void writable(Token) noexcept override { notes.push_back("writable"); }
  void closed(Token, std::uint16_t code, std::string_view reason) noexcept override {
    notes.push_back("close " + std::to_string(code) + " " + std::string(reason));
  }

  Notes& notes;
};

struct FakeHandler final : Handler {
  void handle(Request&) noexcept override {}
  bool nonblocking() const noexcept override { return fast; }
  bool fast = true;
};

/// A request that asks for WebSocket, its I/O thread played by the test.
struct Fixture {
  Fixture() {
    responder.add_pool(pool);
    request = pool.acquire();
    request->assign(handler);
    auto& message = request->message;
    message.method = "GET";
    message.content_length = 0;
    message.asks_for_websocket = true;
    message.headers = {{"connection", "upgrade"},
                       {"upgrade", "websocket"},
                       {"sec-websocket-version", "13"},
                       {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="},
                       {"sec-websocket-protocol", "chat"}};
    token = request->token();
  }

  Outcome upgrade(std::string_view protocol = {}) {
    UpgradeOrder order{std::make_unique<Recorder>(notes), protocol, headers};
    return responder.upgrade(token, order);
  }
  WebSocket& open() {
    BOOST_REQUIRE(upgrade() == Outcome::ok);
    request->take_news();
    request->websocket->open(executor);
    return *request->websocket;
  }
  Outcome send(std::string_view bytes) { return responder.send(token, true, bytes, {}); }
  Outcome respond() { return responder.respond(token, {200, headers, "", {}}); }

  /// What is on its way to the client.
  std::string written() {
    std::vector<Piece> pieces;
    request->response_stream->take(pieces);
    std::string bytes;
    for (auto& piece : pieces) {
      bytes += piece.bytes();
      piece.release.run();
    }
    return bytes;
  }
  bool ended() {
    request->take_news();
    return request->ended;
  }

  Notes notes;
  FakeHandler handler;
  FakeMailbox mailbox;
  RequestPool pool{7, mailbox};
  Responder responder;
  Executor executor{responder, 4, 10};
  HeaderLines headers;
  Request* request;
  Token token;
};

void check(const Notes& notes, const Notes& expected) {
  BOOST_TEST(notes == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dispatch_websocket, Fixture)

BOOST_AUTO_TEST_CASE(answers_101_and_becomes_a_stream) {
  BOOST_TEST(upgrade("chat") == Outcome::ok);

  request->take_news();
  BOOST_TEST(request->started);
  BOOST_TEST(!request->ended);
  BOOST_TEST((request->response_stream->framing() == plughost::http::Framing::upgraded));
  BOOST_TEST(request->answer.copied_body.find("Sec-WebSocket-Protocol: chat\r\n") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(still_owes_an_answer_to_who_did_not_ask) {
  request->message.asks_for_websocket = false;

  BOOST_TEST(upgrade() == Outcome::state);
  check(notes, {"gone"});
  BOOST_TEST(respond() == Outcome::ok);
}

BOOST_AUTO_TEST_CASE(still_owes_an_answer_after_a_protocol_nobody_offered) {
  BOOST_TEST(upgrade("soap") == Outcome::invalid);
  BOOST_TEST(respond() == Outcome::ok);
}

BOOST_AUTO_TEST_CASE(answers_a_bad_handshake_itself) {
  request->message.headers.pop_back();
  request->message.headers.pop_back();

  BOOST_TEST(upgrade() == Outcome::cancelled);
  BOOST_TEST(request->answer.status == 400u);
  BOOST_TEST(respond() == Outcome::stale);
}

BOOST_AUTO_TEST_CASE(counts_as_cancelled_when_nobody_waits) {
  RequestState::detach(*request);

  BOOST_TEST(upgrade() == Outcome::cancelled);
  BOOST_TEST(respond() == Outcome::stale);
}

BOOST_AUTO_TEST_CASE(refuses_a_request_that_streams) {
  BOOST_REQUIRE(responder.start(token, 200, headers) == Outcome::ok);

  BOOST_TEST(upgrade() == Outcome::state);
}

BOOST_AUTO_TEST_CASE(is_no_request_any_more) {
  open();

  BOOST_TEST(respond() == Outcome::stale);
  BOOST_TEST(upgrade() == Outcome::stale);
  BOOST_TEST(responder.write(token, "x", {}) == Outcome::stale);
  BOOST_TEST(responder.truncate(token) == Outcome::stale);
  BOOST_TEST(responder.label(token).has_value());
}

BOOST_AUTO_TEST_CASE(lets_a_pending_cancel_callback_go) {
  int released = 0;
  const auto count = [](void* ctx) noexcept { ++*static_cast<int*>(ctx); };
  responder.on_cancel(token, {[](void*, Token) noexcept {}, {count, &released}});

  open();

  BOOST_TEST(released == 1);
}

BOOST_AUTO_TEST_CASE(tells_the_plugin_in_order_until_the_end) {
  auto& socket = open();
  socket.received(true, "a", {});
  socket.received(false, "b", {});
  socket.finish({4000, "bye"}, {4000, {}});

  check(notes, {"open", "text a", "binary b", "close 4000 bye", "gone"});
  BOOST_TEST(written() == "\x88\x02\x0F\xA0");
  BOOST_TEST(ended());
  BOOST_TEST(send("late") == Outcome::stale);
  pool.recycle(*request);
  BOOST_TEST(handler.in_flight() == 0u);
}

BOOST_AUTO_TEST_CASE(sends_frames_from_the_moment_of_the_upgrade) {
  upgrade();

  BOOST_TEST(send("early") == Outcome::ok);
  BOOST_TEST(responder.ping(token, "p") == Outcome::ok);

  BOOST_TEST(written() ==
             "\x81\x05"
             "early\x89\x01p");
}

BOOST_AUTO_TEST_CASE(only_lets_the_listener_go_if_the_client_left_before) {
  upgrade();

  pool.abandon(*request);

  check(notes, {"gone"});
  BOOST_TEST(send("x") == Outcome::stale);
  BOOST_TEST(ended());
}

BOOST_AUTO_TEST_CASE(tells_of_a_client_that_vanished) {
  open();

  pool.abandon(*request);

  check(notes, {"open", "close 1006 the client left without closing", "gone"});
  BOOST_TEST(ended());
}

BOOST_AUTO_TEST_CASE(tells_no_more_messages_once_the_plugin_has_closed) {
  auto& socket = open();
  BOOST_TEST(responder.close(token, 4001, "mine") == Outcome::ok);
  BOOST_TEST(responder.close(token, 4002, "again") == Outcome::cancelled);
  BOOST_TEST(send("x") == Outcome::cancelled);
  BOOST_TEST(socket.is_closing());

  socket.received(true, "crossing", {});
  socket.finish({4001, ""}, {4001, {}});

  check(notes, {"open", "close 4001 mine", "gone"});
  BOOST_TEST(written() == "\x88\x06\x0F\xA1mine");
}

BOOST_AUTO_TEST_CASE(goes_away_behind_what_waits) {
  auto& socket = open();
  socket.go_away();
  socket.received(true, "still told", {});

  BOOST_TEST(written().substr(0, 4) == "\x88\x18\x03\xE9");
  check(notes, {"open", "text still told"});
  socket.lost("too slow");
  BOOST_TEST(notes.at(2) == "close 1001 the server is stopping");
}

BOOST_AUTO_TEST_CASE(tells_when_there_is_room_again) {
  open();
  const std::string large(ResponseStream::kHighWater + 1, 'x');

  BOOST_TEST(send(large) == Outcome::backpressure);
  BOOST_TEST(send(std::string(ResponseStream::kMost, 'x')) == Outcome::busy);
  request->response_stream->sent(written().size());

  check(notes, {"open", "writable"});
}

BOOST_AUTO_TEST_CASE(keeps_messages_back_while_the_plugin_pauses) {
  auto& socket = open();
  BOOST_TEST(responder.pause_reading(token) == Outcome::ok);
  for (std::size_t i = 0; i < WebSocket::kRoomMessages; ++i) socket.received(true, "x", {});
  BOOST_TEST(!socket.has_room());
  check(notes, {"open"});
  const auto before = mailbox.posted().size();

  BOOST_TEST(responder.resume_reading(token) == Outcome::ok);
  BOOST_TEST(mailbox.posted().size() == before + 1);
  request->take_news();
  socket.look();

  BOOST_TEST(notes.size() == 1 + WebSocket::kRoomMessages);
  BOOST_TEST(socket.has_room());
}

BOOST_AUTO_TEST_CASE(tells_of_room_in_a_pause) {
  auto& socket = open();
  responder.pause_reading(token);
  socket.received(true, "waits", {});
  send(std::string(ResponseStream::kHighWater + 1, 'x'));

  request->response_stream->sent(written().size());

  check(notes, {"open", "writable"});
}

BOOST_AUTO_TEST_CASE(goes_away_in_a_pause) {
  auto& socket = open();
  responder.pause_reading(token);
  socket.received(true, "waits", {});

  socket.go_away();

  BOOST_TEST(written().substr(0, 4) == "\x88\x18\x03\xE9");
  check(notes, {"open"});
}

BOOST_AUTO_TEST_CASE(reads_on_for_the_clients_close_after_its_own_in_a_pause) {
  auto& socket = open();
  responder.pause_reading(token);
  for (std::size_t i = 0; i < WebSocket::kRoomMessages; ++i) socket.received(true, "x", {});
  BOOST_TEST(!socket.has_room());

  responder.close(token, 1000, "");
  request->take_news();
  socket.look();

  BOOST_TEST(socket.has_room());
  check(notes, {"open"});
}

BOOST_AUTO_TEST_CASE(tells_everything_at_the_end_of_a_connection_that_pauses) {
  auto& socket = open();
  responder.pause_reading(token);
  socket.received(true, "a", {});
  socket.received(true, "b", {});

  socket.finish({1000, ""}, {1000, ""});

  check(notes, {"open", "text a", "text b", "close 1000 ", "gone"});
  BOOST_TEST(responder.resume_reading(token) == Outcome::stale);
}

BOOST_AUTO_TEST_CASE(gives_back_what_it_does_not_take) {
  int released = 0;
  const auto count = [](void* ctx) noexcept { ++*static_cast<int*>(ctx); };
  auto& socket = open();
  socket.lost("");

  BOOST_TEST(responder.send(token, true, "x", {count, &released}) == Outcome::stale);
  BOOST_TEST(responder.send(0, true, "x", {count, &released}) == Outcome::stale);
  BOOST_TEST(released == 2);
}

BOOST_AUTO_TEST_SUITE_END()

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

struct SlowFixture : Fixture {
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
