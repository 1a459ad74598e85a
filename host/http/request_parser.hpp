#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "http/refusal.hpp"

namespace plughost::http {

struct ParserLimits {
  std::size_t header_bytes = 16 * 1024;  ///< request line and header lines; also trailers
  std::size_t headers = 100;             ///< beyond either: 431 (a too long target: 414)
};

enum class ParseStatus {
  need_more,
  head_complete,  ///< reported once for each request, before any byte of its body is consumed
  complete,       ///< head and body are there
  refused,        ///< see refusal(); the connection must be closed after that answer
};

struct ParseProgress {
  std::size_t consumed;  ///< bytes not consumed must be presented again, with more behind them
  ParseStatus status;
};

/// Reads HTTP/1.x requests from a byte stream, one after the other.
///
/// Strict: what RFC 9110 and 9112 forbid is refused, and nothing behind ambiguous framing is read.
/// An empty line before a request line is skipped (RFC 9112 section 2.2).
///
/// Owner:   one connection. Threads: its I/O thread.
/// Errors:  never throws on bytes from a peer; ParseStatus::refused with refusal().
/// Limits:  ParserLimits; chunk extensions and trailers are bounded too. The body is bounded by
///          set_body_limit (default: none), beyond it 413.
class RequestParser final {
 public:
  explicit RequestParser(const ParserLimits& limits);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// The next request goes into message, which must outlive its parsing.
  void start(RequestMessage& message);

  /// After head_complete, before the next feed. A Content-Length beyond it is refused at that feed.
  void set_body_limit(std::uint64_t bytes);

  /// After head_complete, before the next feed: the body is appended to sink instead, which the
  /// caller may empty between feeds; the message is not touched any more. For this request.
  void set_body_sink(std::string& sink);

  ParseProgress feed(std::string_view bytes);

  /// True once a byte of the current request (an empty line aside) was presented.
  bool got_some() const;

  const Refusal& refusal() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace plughost::http
