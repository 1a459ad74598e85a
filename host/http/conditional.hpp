#pragma once

#include <cstdint>
#include <ctime>
#include <string_view>

#include "http/message.hpp"

namespace plughost::http {

/// What tells one version of a representation from another (RFC 9110 section 8.8).
struct Validators {
  std::string_view etag;  ///< with its quotes; strong
  std::time_t last_modified;
};

enum class Precondition {
  proceed,
  not_modified,  ///< 304
  failed,        ///< 412
};

/// Judges If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since of a GET or HEAD, in
/// that order (RFC 9110 section 13.2.2). A date that cannot be read is no condition.
Precondition check_preconditions(const RequestMessage& request, const Validators& current,
                                 std::time_t now);

struct ByteRange {
  enum class Kind {
    whole,          ///< no Range, or one that is ignored
    part,           ///< 206
    unsatisfiable,  ///< 416
  };
  Kind kind = Kind::whole;
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};

/// The part of a representation of size bytes that a GET asks for (RFC 9110 section 14), if its
/// If-Range holds (section 13.1.5).
///
/// Several ranges, other units and malformed fields are ignored, as section 14.2 lets a server do.
ByteRange select_range(const RequestMessage& request, std::uint64_t size, const Validators& current,
                       std::time_t now);

}  // namespace plughost::http
