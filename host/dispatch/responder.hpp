#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dispatch/outcome.hpp"
#include "dispatch/request_pool.hpp"
#include "dispatch/websocket.hpp"

namespace plughost::dispatch {

class Executor;

/// One whole answer on its way in. The status and headers were checked by the caller.
struct AnswerView {
  unsigned status;
  http::HeaderLines& headers;  ///< taken by swap when the call counts
  std::string_view body;
  Release release;  ///< no fn: body is copied before the call returns
  FilePart file{};  ///< if there is one: instead of body, its descriptor lent until release
};

/// What a plugin wants to make of a request that asks for WebSocket.
struct UpgradeOrder {
  std::unique_ptr<WebSocketListener> listener;  ///< taken if the order succeeds
  std::string_view protocol;                    ///< one that the client offers; empty: none
  const http::HeaderLines& headers;             ///< more of the 101 answer, checked by the caller
  std::uint64_t max_message = UINT64_MAX;
};

/// What a log line says of a request.
struct RequestLabel {
  std::string request_id;
  std::string plugin;
  std::string pattern;
};

/// Answers requests by token, whole or as a stream, from any thread.
///
/// Owner:   App; outlives plugins and I/O threads.
/// Threads: add_pool and encode_on before the first request; every other member on [any]. Whole
///          answers are lock-free, unless a large one is to be compressed; streams take a lock of
///          their own request for a copy at most, or while they are compressed.
/// Errors:  a late, doubled or made-up token is Outcome::stale and touches nobody else's request.
class Responder final {
 public:
  void add_pool(RequestPool& pool);
  /// Where large answers are encoded; without one they go as they are.
  void encode_on(Executor& executor) { executor_ = &executor; }

  /// The stop has begun.
  void announce_stop() noexcept { stopping_.store(true, std::memory_order_release); }
  bool is_stopping() const noexcept { return stopping_.load(std::memory_order_acquire); }

  /// Terminal. Runs answer.release exactly once, now or when the bytes were written.
  Outcome respond(Token token, AnswerView answer) noexcept;

  /// Terminal: a problem answer (RFC 9457) made by the host; 503 carries Retry-After: 1.
  Outcome respond_problem(Token token, unsigned status, std::string_view detail) noexcept;

  /// Begins a streamed answer; the deadline is off from then on. headers are taken by swap if it
  /// returns ok. ok, cancelled, stale, state.
  Outcome start(Token token, unsigned status, http::HeaderLines& headers) noexcept;
  /// Takes release whatever it returns. ok, backpressure, invalid, busy, cancelled, stale, state.
  Outcome write(Token token, std::string_view bytes, Release release) noexcept;
  /// Takes the notification whatever it returns. ok, cancelled, stale, state.
  Outcome on_writable(Token token, Notification notification) noexcept;

  struct Finish {
    Outcome outcome;
    std::uint64_t missing;  ///< bytes of those declared: the client sees a truncated answer
  };
  /// Terminal. trailers are sent if the answer is chunked and the client takes them.
  Finish finish(Token token, const http::HeaderLines& trailers) noexcept;
  /// Terminal, after start: the client sees a truncated answer. state: nothing was started.
  Outcome truncate(Token token) noexcept;

  /// Pulls a part of a streamed body; see BodyStream::read. state: the handler gets it whole.
  Outcome read_body(Token token, std::size_t max, std::string_view& bytes) noexcept;
  /// Takes the notification whatever it returns. ok, cancelled, stale, state.
  Outcome on_body(Token token, Notification notification) noexcept;

  /// Terminal if ok or cancelled. state: the client does not ask for WebSocket, or a stream was
  /// begun. invalid: it does not offer that protocol. cancelled: also if the host has refused a bad
  /// handshake.
  Outcome upgrade(Token token, UpgradeOrder& order) noexcept;
  /// What follows is for the token of an upgraded request; see WebSocket. stale: it is none.
  Outcome send(Token token, bool is_text, std::string_view bytes, Release release) noexcept;
  Outcome ping(Token token, std::string_view payload) noexcept;
  Outcome close(Token token, std::uint16_t code, std::string_view reason) noexcept;
  Outcome pause_reading(Token token) noexcept;
  Outcome resume_reading(Token token) noexcept;

  /// Wait-free. True once the deadline passed, the client left or the token is stale.
  bool is_cancelled(Token token) const noexcept;

  /// True once no answer would reach the client any more: the host gave one, or the client is gone.
  /// A client that closed only its sending side still waits (is_cancelled, but not this).
  bool is_detached(Token token) const noexcept;

  /// At most once a request. ok: callback.fn may run once; else release ran and fn never will.
  Outcome on_cancel(Token token, Notification callback) noexcept;

  /// For log lines; nothing if the token is stale.
  std::optional<RequestLabel> label(Token token) const;

  /// What the executor does with an answer that it was given (Executor::submit_answer).
  void encode_and_post(Request& request) noexcept;

 private:
  Request* find(Token token) const noexcept;
  Outcome upgrade_entered(Token token, Request& request, UpgradeOrder& order) noexcept;
  template <typename Action>
  Outcome with_websocket(Token token, Action action) const noexcept;
  /// Nothing may touch the request afterwards.
  static void post_terminal(Request& request) noexcept;

  bool encodes_later(Request& request) noexcept;

  std::array<RequestPool*, 256> pools_{};
  Executor* executor_ = nullptr;
  std::atomic<bool> stopping_{false};
};

}  // namespace plughost::dispatch
