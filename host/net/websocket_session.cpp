#include "net/websocket_session.hpp"

#include <algorithm>
#include <utility>

#include "dispatch/response_stream.hpp"
#include "dispatch/websocket.hpp"

namespace plughost::net {

using dispatch::Clock;
using http::websocket::Closing;
using http::websocket::Event;

namespace {

constexpr std::size_t kUnreserved = 64 * 1024;  // of a message that arrives; more is accounted for

}  // namespace

WebSocketSession::WebSocketSession(IoContext& context, dispatch::Request& request)
    : context_(context),
      request_(request),
      reader_(
          std::min(context.shared.limits.websocket_message, request.websocket->terms().max_message),
          request.websocket->terms().deflate),
      heard_at_(context.now) {
  socket().open(context_.shared.executor);
  if (context_.draining) go_away();
}

bool WebSocketSession::wants_input() {
  return !over_ && !request_.response_stream->is_behind() && socket().has_room();
}

std::size_t WebSocketSession::read(std::string_view bytes) {
  const std::size_t size = bytes.size();
  heard_at_ = context_.now;
  pinged_ = false;
  while (!bytes.empty() && wants_input()) handle(reader_.read(bytes));
  return size - bytes.size();
}

void WebSocketSession::handle(Event event) {
  switch (event) {
    case Event::none:
      return reserve();
    case Event::text:
    case Event::binary:
      return take_message(event == Event::text);
    case Event::ping:
      return socket().answer_ping(reader_.payload());
    case Event::pong:
      return;
    case Event::close:
      return finish(reader_.closing(), {reader_.closing().code, {}});
    case Event::failed:
      return finish(reader_.closing(), reader_.closing());
  }
}

void WebSocketSession::take_message(bool is_text) {
  socket().received(is_text, reader_.take_message(), std::move(reservation_));
}

void WebSocketSession::reserve() {
  if (reader_.held() <= kUnreserved) return;
  if (reservation_.grow_to(context_.shared.body_budget, reader_.held())) return;
  const Closing full{http::websocket::kTryAgainLater, "the server holds too many messages"};
  finish(full, full);
}

void WebSocketSession::finish(const Closing& why, Closing answer) {
  over_ = true;
  closing_since_ = context_.now;
  socket().finish(why, std::move(answer));
}

void WebSocketSession::lose(std::string_view reason) {
  if (std::exchange(over_, true)) return;
  socket().lost(reason);
}

void WebSocketSession::look() {
  socket().look();
  if (over_ || !socket().is_closing() || closing_since_ != Clock::time_point::max()) return;
  closing_since_ = context_.now;
}

void WebSocketSession::go_away() {
  if (!over_) socket().go_away();
}

void WebSocketSession::client_left() { lose("the client left without closing"); }

Clock::time_point WebSocketSession::next_deadline() {
  if (over()) return Clock::time_point::max();
  if (closing_since_ != Clock::time_point::max()) return closing_since_ + kClosePatience;
  const auto patience = context_.shared.limits.websocket_ping;
  if (patience.count() == 0) return Clock::time_point::max();
  return (pinged_ ? pinged_at_ : heard_at_) + patience;
}

void WebSocketSession::on_timer(Clock::time_point now) {
  if (now < next_deadline()) return;
  if (over_) return socket().answer_close();
  if (closing_since_ != Clock::time_point::max()) {
    return lose("the client did not answer the Close frame");
  }
  if (!wants_input()) {  // a pong could not have been read
    heard_at_ = now;
    pinged_ = false;
  } else if (std::exchange(pinged_, true)) {
    lose("the client did not answer a ping");
  } else {
    pinged_at_ = now;
    socket().ping({});
  }
}

}  // namespace plughost::net
