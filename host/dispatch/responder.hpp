#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dispatch/request_pool.hpp"

namespace plughost::dispatch {

/// What became of a terminal call or a registration.
enum class Outcome {
  ok,
  cancelled,  ///< counted, but the client got its answer from the host or is gone
  stale,      ///< the token names no request that owes an answer; nothing happened
  state,      ///< not in this order
};

/// One whole answer on its way in. The status and headers were checked by the caller.
struct AnswerView {
  unsigned status;
  http::HeaderLines& headers;  ///< taken by swap when the call counts
  std::string_view body;
  Release release;  ///< no fn: body is copied before the call returns
};

/// What a log line says of a request.
struct RequestLabel {
  std::string request_id;
  std::string plugin;
  std::string pattern;
};

/// Answers requests by token: one-shot, from any thread.
///
/// Owner:   App; outlives plugins and I/O threads.
/// Threads: add_pool before the first request; every other member on [any], lock-free.
/// Errors:  a late, doubled or made-up token is Outcome::stale and touches nobody else's request.
class Responder final {
 public:
  void add_pool(RequestPool& pool);

  /// Terminal. Runs answer.release exactly once, now or when the bytes were written.
  Outcome respond(Token token, AnswerView answer) noexcept;

  /// Terminal: a problem answer (RFC 9457) made by the host; 503 carries Retry-After: 1.
  Outcome respond_problem(Token token, unsigned status, std::string_view detail) noexcept;

  /// Wait-free. True once the deadline passed, the client left or the token is stale.
  bool is_cancelled(Token token) const noexcept;

  /// True once no answer would reach the client any more: the host gave one, or the client is gone.
  /// A client that closed only its sending side still waits (is_cancelled, but not this).
  bool is_detached(Token token) const noexcept;

  /// At most once a request. ok: callback.fn may run once; else release ran and fn never will.
  Outcome on_cancel(Token token, CancelCallback callback) noexcept;

  /// For log lines; nothing if the token is stale.
  std::optional<RequestLabel> label(Token token) const;

 private:
  Request* find(Token token) const noexcept;

  std::array<RequestPool*, 256> pools_{};
};

}  // namespace plughost::dispatch
