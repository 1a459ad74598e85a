#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dispatch/body_budget.hpp"
#include "http/message.hpp"
#include "http/response_writer.hpp"
#include "routing/route_table.hpp"

namespace plughost::dispatch {

class BodyStream;
class Handler;
class Request;
class RequestPool;
class ResponseStream;
class WebSocket;

using Clock = std::chrono::steady_clock;

/// Names one request: I/O thread (8 bits), slot (24 bits), generation (32 bits). 0 is never valid.
using Token = std::uint64_t;

/// Gives lent bytes back. Runs exactly once, on any thread, and never blocks.
struct Release {
  void (*fn)(void* ctx) noexcept = nullptr;
  void* ctx = nullptr;

  void run() noexcept {
    if (auto* once = std::exchange(fn, nullptr)) once(ctx);
  }
};

/// Tells a plugin something once, from an I/O thread and never from inside the plugin's own call.
/// release runs once, after fn or instead of it.
struct Notification {
  void (*fn)(void* ctx, Token token) noexcept = nullptr;
  Release release;

  void fire(Token token) noexcept {
    if (auto* once = std::exchange(fn, nullptr)) once(release.ctx, token);
    release.run();
  }
  explicit operator bool() const noexcept { return fn != nullptr; }
};

/// The address and port of one end; text is empty and port 0 on a Unix socket.
struct Endpoint {
  std::string text;
  std::uint16_t port = 0;
};

/// The connection that waits for an answer. Threads: the request's I/O thread only.
class AnswerSink {
 public:
  /// The plugin did something: request.answered, ended or its streams may have changed. The sink
  /// writes in its turn and recycles the request once it has ended.
  virtual void delivered(Request& request) = 0;

 protected:
  ~AnswerSink() = default;
};

/// A part of a file, to be sent as a body. The descriptor stays its lender's.
struct FilePart {
  int fd = -1;  ///< -1: there is no file
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// What a handler answered, kept until the I/O thread has written it.
struct Answer {
  unsigned status = 0;
  http::HeaderLines headers;
  std::string copied_body;
  std::string_view body;  ///< copied_body, or bytes lent until release
  FilePart file;          ///< instead of body
  Release release;
  std::string_view coding;  ///< the executor shall encode the body; empty: it is ready
};

/// One request from its first byte to the end of its answer: a slot that is used again.
///
/// Head and body belong to it, not to the connection, and live until the terminal call, even if the
/// client was answered 504 or is gone.
///
/// Owner:   a RequestPool. Never freed while the process serves, so a stale token finds a slot with
///          another generation and not freed memory.
/// Threads: the fields are written on the I/O thread before dispatch; then read-only for everybody
///          until the terminal call, except answer (the thread that made the terminal call or
///          started the stream) and sink, answered, started, ended, next (I/O thread).
class Request final {
 public:
  Request();
  ~Request();

  http::RequestMessage message;
  routing::Match match;
  std::shared_ptr<const routing::RouteTable> table;       ///< keeps match.route alive
  Clock::time_point received{};                           ///< when it was handed to its route
  Clock::time_point deadline = Clock::time_point::max();  ///< max(): none
  std::shared_ptr<const Endpoint> client;
  std::shared_ptr<const Endpoint> server;
  bool encrypted = false;             ///< came by https
  std::string_view forwarded_scheme;  ///< what a trusted proxy says; empty: nothing
  std::string request_id;
  BodyReservation body_reservation;

  Answer answer;
  AnswerSink* sink = nullptr;  ///< null: nobody waits any more
  bool answered = false;       ///< the head of the answer is ready to be written
  bool started = false;        ///< the answer is a stream: response_stream is there
  bool ended = false;          ///< the terminal call was made: the plugin is through with it
  Request* next = nullptr;     ///< in a Mailbox

  /// Made by the plugin's start(); the I/O thread may look once `started` says so.
  std::unique_ptr<ResponseStream> response_stream;
  /// Made before dispatch for a handler that pulls its body, else null.
  std::unique_ptr<BodyStream> body_stream;
  /// Made by the plugin's upgrade(), beside a response_stream; else null. As for that.
  std::unique_ptr<WebSocket> websocket;

  Token token() const noexcept;
  RequestPool& pool() const noexcept { return *pool_; }

  /// Memory of the handler's own, aligned for any type, valid until the terminal call.
  void* scratch(std::size_t bytes);

  /// Counts it among handler's requests until it is recycled. [I/O thread], before handle().
  /// False: handler has most of them already, and nothing happened; most 0: no limit.
  bool assign(Handler& handler, std::uint64_t most = 0) noexcept;
  Handler* handler() const noexcept { return handler_; }

  /// What a post to the I/O thread is about.
  enum class News : std::uint8_t { look = 1, started = 2, ended = 4 };

  /// [any] Posts a request that may be posted more than once: it is in the mailbox at most once.
  /// Nothing may be posted after News::ended. A whole answer to a whole request needs no news.
  void post(News news) noexcept;
  /// [I/O thread] Brings answered, started and ended up to date; call once for each delivery.
  void take_news() noexcept;

 private:
  friend class RequestPool;
  friend class RequestState;

  void unassign() noexcept;

  /// generation << 32 | pins << 8 | flags; see request_state.hpp.
  std::atomic<std::uint64_t> state_{0};
  std::atomic<std::uint8_t> news_{0};  ///< News, by bits; not 0: in the mailbox
  Notification cancel_callback_;       ///< guarded by the flags in state_
  RequestPool* pool_ = nullptr;
  Handler* handler_ = nullptr;
  std::uint32_t slot_ = 0;
  std::vector<std::max_align_t> scratch_;
};

}  // namespace plughost::dispatch
