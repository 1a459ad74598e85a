#include "routing/percent.hpp"

#include <cstddef>

namespace plughost::routing {
namespace {

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

}  // namespace

bool append_percent_decoded(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t plain = text.find('%');
    out += text.substr(0, plain);
    if (plain == std::string_view::npos) return true;
    text.remove_prefix(plain);
    if (text.size() < 3) return false;
    const int high = hex_value(text[1]);
    const int low = hex_value(text[2]);
    if (high < 0 || low < 0 || (high == 0 && low == 0)) return false;
    out += static_cast<char>(high * 16 + low);
    text.remove_prefix(3);
  }
  return true;
}

}  // namespace plughost::routing
