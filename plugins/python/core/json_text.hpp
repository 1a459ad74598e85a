#pragma once

#include <string>
#include <string_view>

namespace plughost::python {

/// Appends text as a JSON string, quotes included, non-ASCII as it is (RFC 8259 section 7).
///
/// Limits: text must be valid UTF-8; printable_utf8 makes it so.
void append_json_string(std::string& out, std::string_view text);

/// text with what is not UTF-8 replaced by U+FFFD, as Python's errors="replace" does.
std::string printable_utf8(std::string_view text);

/// text for a message to a person: at most 64 characters, and "…" if more were there.
std::string abbreviated(std::string_view text);

}  // namespace plughost::python
