#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dispatch/body_budget.hpp"
#include "http/websocket_reader.hpp"
#include "net/io_context.hpp"

namespace plughost::net {

/// What a Connection has become after its 101: reads the client's frames, and keeps the times of
/// pings and of the closing handshake. What is written goes through the request's streams.
///
/// Owner:   a Connection. Threads: its I/O thread.
/// Errors:  none; over() says when the connection may be closed.
/// Limits:  config::Limits; kClosePatience for the client's part of the closing handshake.
class WebSocketSession final {
 public:
  static constexpr std::chrono::seconds kClosePatience{5};

  /// The plugin is told that the connection is open.
  WebSocketSession(IoContext& context, dispatch::Request& request);

  /// False: neither may bytes be presented now.
  bool wants_input();
  /// Returns how many bytes were used; the rest must be presented again when wants_input().
  std::size_t read(std::string_view bytes);

  /// The plugin did something.
  void look();
  /// The server stops.
  void go_away();
  /// The client sends no more.
  void client_left();
  /// Nothing is read any more; what was written should still be sent.
  bool over() { return over_ && socket().is_closing(); }

  dispatch::Clock::time_point next_deadline();
  void on_timer(dispatch::Clock::time_point now);

 private:
  void handle(http::websocket::Event event);
  void take_message(bool is_text);
  void finish(const http::websocket::Closing& why, http::websocket::Closing answer);
  void lose(std::string_view reason);
  void reserve();
  dispatch::WebSocket& socket() { return *request_.websocket; }

  IoContext& context_;
  dispatch::Request& request_;
  http::websocket::Reader reader_;
  dispatch::BodyReservation reservation_;  // for a message that is not complete
  bool over_ = false;                      // nothing is read any more
  bool pinged_ = false;                    // and nothing came since
  dispatch::Clock::time_point heard_at_;
  dispatch::Clock::time_point pinged_at_;
  dispatch::Clock::time_point closing_since_ = dispatch::Clock::time_point::max();
};

}  // namespace plughost::net
