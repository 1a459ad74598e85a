#include "http/utf8.hpp"

#include <cstddef>
#include <cstring>

namespace plughost::http {
namespace {

/// How many bytes from there on are ASCII, in steps of eight.
std::size_t ascii_run(std::string_view bytes, std::size_t from) {
  std::size_t at = from;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes.data() + at, 8);
    if ((eight & 0x8080808080808080u) != 0) break;
  }
  return at - from;
}

}  // namespace

bool Utf8Validator::write(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    if (missing_ == 0) at += ascii_run(bytes, at);
    if (at == bytes.size()) break;
    const auto byte = static_cast<std::uint8_t>(bytes[at++]);
    if (missing_ == 0) {
      if (byte >= 0x80 && !start_sequence(byte)) return false;
      continue;
    }
    if (byte < least_ || byte > most_) return false;
    least_ = 0x80;
    most_ = 0xBF;
    --missing_;
  }
  return true;
}

/// The table of RFC 3629 section 4: some lead bytes narrow the byte behind them.
bool Utf8Validator::start_sequence(std::uint8_t lead) {
  if (lead < 0xC2 || lead > 0xF4) return false;
  missing_ = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  if (lead == 0xE0) least_ = 0xA0;
  if (lead == 0xED) most_ = 0x9F;
  if (lead == 0xF0) least_ = 0x90;
  if (lead == 0xF4) most_ = 0x8F;
  return true;
}

}  // namespace plughost::http
