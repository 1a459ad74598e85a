#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "http/response_writer.hpp"

namespace plughost::http {

/// How the answers of a route are compressed.
///
/// Threads: never changed while serving; const members on [any].
struct CompressionPolicy {
  std::vector<std::string_view> codings;  ///< of content_codings(), the favourite first

  /// The coding that fits this client and this answer; empty: send it as it is. Adds to Vary if
  /// other clients may get another one.
  ///
  /// As it is: an answer without a body, a part (206), less than 256 bytes, a type that does not
  /// get smaller, an event stream, one that has a coding or that must not be changed
  /// (no-transform). length: kUnknownLength of a stream.
  std::string_view choose(const RequestMessage& request, unsigned status,
                          HeaderLines& headers_of_answer, std::uint64_t length) const;
};

/// What an encoded answer says: Content-Encoding, a weak tag (RFC 9110 section 8.8.1), no ranges.
void mark_encoded(HeaderLines& headers_of_answer, std::string_view coding);

}  // namespace plughost::http
