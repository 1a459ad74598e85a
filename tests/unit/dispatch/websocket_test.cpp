#include "dispatch/websocket.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "dispatch/request_state.hpp"
#include "unit/dispatch/websocket_fixture.hpp"

using namespace plughost::test;
using plughost::http::websocket::Closing;

namespace {

void check(const Notes& notes, const Notes& expected) {
  BOOST_TEST(notes == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dispatch_websocket, WebSocketFixture)

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
