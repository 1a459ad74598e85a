#include "http/refusal.hpp"

#include <cstddef>

namespace plughost::http {

std::string quoted(std::string_view text) {
  constexpr std::size_t kLongest = 48;
  std::string result = "'";
  for (const char c : text.substr(0, kLongest)) {
    const bool printable = c >= 0x20 && c < 0x7F;
    result += printable ? c : '?';
  }
  if (text.size() > kLongest) result += "...";
  return result + "'";
}

}  // namespace plughost::http
