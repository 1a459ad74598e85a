#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace plughost::python {

/// The inside of a JSON string, taken from text.
struct StringScan {
  std::size_t end = 0;           ///< behind the closing quote; if reason is set, where it breaks
  std::string_view raw;          ///< the bytes between the quotes
  bool escaped = false;          ///< raw has escapes; decoded holds it without
  std::string decoded;           ///< UTF-8
  const char* reason = nullptr;  ///< why it is not a JSON string in UTF-8
};

/// Reads the string whose opening quote is at text[quote]. Checks UTF-8 (no overlong forms, no
/// surrogates) and refuses escaped surrogates that are no pair.
StringScan scan_string(std::string_view text, std::size_t quote);

}  // namespace plughost::python
