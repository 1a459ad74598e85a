#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "http/websocket_reader.hpp"
#include "unit/http/reading.hpp"

namespace plughost::http::websocket {

inline std::ostream& operator<<(std::ostream& out, Event event) {
  constexpr std::string_view kNames[] = {"none", "text",  "binary", "ping",
                                         "pong", "close", "failed"};
  return out << kNames[static_cast<std::size_t>(event)];
}

/// A frame as a client sends it: first is its first byte (FIN, RSV, opcode), the payload is masked.
inline std::string client_frame(unsigned first, std::string_view payload) {
  const std::uint8_t key[4] = {0x37, 0xFA, 0x21, 0x3D};
  char head[kFrameHead];
  std::string frame(head, write_frame_head(head, Opcode::text, false, payload.size()));
  frame[0] = static_cast<char>(first);
  frame[1] = static_cast<char>(frame[1] | 0x80);
  frame.append(reinterpret_cast<const char*>(key), 4);
  std::string masked(payload);
  apply_mask(masked.data(), masked.size(), key, 0);
  return frame + masked;
}

inline std::string client_close(unsigned code, std::string_view reason = {}) {
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code)};
  return client_frame(0x88, payload.append(reason));
}

struct Read {
  Event event;
  std::string payload;

  bool operator==(const Read&) const = default;
};

inline std::ostream& operator<<(std::ostream& out, const Read& read) {
  return out << read.event << " of " << read.payload.size() << " bytes '"
             << read.payload.substr(0, 40) << "'";
}

/// Everything the pieces amount to; the last one is the close or the failure, if there is one.
inline std::vector<Read> read_all(Reader& reader, const std::vector<std::string_view>& pieces) {
  std::vector<Read> reads;
  for (std::string_view piece : pieces) {
    for (;;) {
      const Event event = reader.read(piece);
      if (event == Event::none) break;
      const bool last = event == Event::close || event == Event::failed;
      reads.push_back({event, std::string(last ? reader.closing().reason : reader.payload())});
      if (last) return reads;
    }
  }
  return reads;
}

}  // namespace plughost::http::websocket
