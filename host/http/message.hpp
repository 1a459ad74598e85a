#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plughost::http {

struct HeaderField {
  std::string_view name;  ///< lower case
  std::string_view value;
};

inline constexpr std::uint64_t kUnknownLength = UINT64_MAX;

/// One request: the head's bytes, views into them, and the body.
///
/// Owner:  a request slot, which uses it again for the next request; not movable, as the views
///         point into it. The parser fills it.
/// Limits: clear() keeps at most 16 KiB of memory for the next request.
struct RequestMessage {
  RequestMessage() = default;
  RequestMessage(const RequestMessage&) = delete;
  RequestMessage& operator=(const RequestMessage&) = delete;

  std::string_view method;    ///< the client's: HEAD stays HEAD
  std::string_view target;    ///< as sent
  std::string_view raw_path;  ///< its path, percent-encoded; "*" for OPTIONS *
  std::string_view path;      ///< percent-decoded
  std::string_view query;     ///< raw, without '?'
  std::string_view host;      ///< Host, or the authority of an absolute-form target; may be empty
  std::vector<HeaderField> headers;  ///< wire order, one entry a line
  std::string body;
  std::uint64_t content_length = kUnknownLength;  ///< as announced; chunked: unknown; none: 0
  unsigned minor_version = 1;                     ///< of HTTP/1.x
  bool keep_alive = true;                         ///< what version and Connection ask for
  bool chunked = false;
  bool expects_continue = false;
  bool asks_for_websocket = false;  ///< HTTP/1.1 with `Upgrade: websocket`, however badly

  /// The value of the first header of that lower-case name; empty if there is none.
  std::string_view header(std::string_view lower_case_name) const;
  /// The client takes trailer fields: TE says so (RFC 9110 section 10.1.4).
  bool accepts_trailers() const;
  void clear();
  /// Takes over what an answer made by the host depends on: method, raw_path, minor_version,
  /// keep_alive, the headers Origin and X-Request-ID.
  void copy_outline(const RequestMessage& from);

  std::string bytes;  ///< what the views point into
};

}  // namespace plughost::http
