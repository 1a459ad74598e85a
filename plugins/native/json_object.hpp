#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace plughost::native {

/// Nesting of arrays and objects, the outermost object included.
inline constexpr unsigned kMaxJsonDepth = 128;

struct JsonFault {
  std::size_t byte;    // counted from 0
  const char* reason;  // static text, the rest of a sentence that starts with the place
};

/// Says where text stops being one JSON object (RFC 8259) in UTF-8; nullopt: it is one.
///
/// Numbers may be of any size and precision, keys may repeat. Escaped surrogates must be paired.
///
/// Threads: any, concurrently.
/// Limits:  kMaxJsonDepth; linear in text.size().
std::optional<JsonFault> find_json_object_fault(std::string_view text);

}  // namespace plughost::native
