#pragma once

#include <string>
#include <string_view>

namespace plughost::config {

/// The text in single quotes, as messages show what the file says.
inline std::string quote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  out += '\'';
  out += text;
  out += '\'';
  return out;
}

}  // namespace plughost::config
