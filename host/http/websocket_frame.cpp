#include "http/websocket_frame.hpp"

#include <cstring>

namespace plughost::http::websocket {

bool is_wire_close_code(unsigned code) {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && code != 1004 && code != kNoStatus && code != kAbnormal;
}

std::size_t write_frame_head(char* out, Opcode opcode, bool compressed, std::uint64_t length) {
  constexpr unsigned kFinal = 0x80;
  constexpr unsigned kRsv1 = 0x40;
  const unsigned first = kFinal | (compressed ? kRsv1 : 0) | static_cast<unsigned>(opcode);
  out[0] = static_cast<char>(first);
  const std::size_t extended = length < 126 ? 0 : length <= 0xFFFF ? 2 : 8;
  out[1] = static_cast<char>(extended == 0 ? length : extended == 2 ? 126 : 127);
  for (std::size_t i = 0; i < extended; ++i) {
    out[2 + i] = static_cast<char>(length >> (8 * (extended - 1 - i)));
  }
  return 2 + extended;
}

std::string control_frame(Opcode opcode, std::string_view payload) {
  char head[kFrameHead];
  std::string frame(head, write_frame_head(head, opcode, false, payload.size()));
  return frame.append(payload);
}

std::string close_frame(std::uint16_t code, std::string_view reason) {
  if (code == kNoStatus) return control_frame(Opcode::close, {});
  std::size_t length = reason.size();
  if (length > kControlPayload - 2) {
    length = kControlPayload - 2;
    while (length > 0 && (static_cast<std::uint8_t>(reason[length]) & 0xC0) == 0x80) --length;
  }
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code)};
  return control_frame(Opcode::close, payload.append(reason.substr(0, length)));
}

void apply_mask(char* bytes, std::size_t size, const std::uint8_t (&key)[4], std::uint64_t offset) {
  std::uint8_t rotated[8];
  for (std::size_t i = 0; i < 8; ++i) rotated[i] = key[(offset + i) % 4];
  std::uint64_t mask = 0;
  std::memcpy(&mask, rotated, 8);
  std::size_t at = 0;
  for (; at + 8 <= size; at += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, bytes + at, 8);
    eight ^= mask;
    std::memcpy(bytes + at, &eight, 8);
  }
  for (; at < size; ++at) {
    bytes[at] = static_cast<char>(static_cast<std::uint8_t>(bytes[at]) ^ rotated[at % 8]);
  }
}

}  // namespace plughost::http::websocket
