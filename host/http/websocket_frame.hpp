#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Frames of RFC 6455, as a server reads and writes them.
namespace plughost::http::websocket {

enum class Opcode : std::uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

constexpr bool is_control(Opcode opcode) { return opcode >= Opcode::close; }

inline constexpr std::size_t kControlPayload = 125;  ///< no control frame carries more

/// Why a connection ends (RFC 6455 section 7.4.1).
enum CloseCode : std::uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kProtocolError = 1002,
  kNoStatus = 1005,  ///< never on the wire: the Close frame had none
  kAbnormal = 1006,  ///< never on the wire: there was no Close frame
  kBadPayload = 1007,
  kPolicyViolation = 1008,
  kTooBig = 1009,
  kInternalError = 1011,
  kTryAgainLater = 1013,
};

/// True for a code that a Close frame may carry: registered for the wire, or 3000 to 4999.
bool is_wire_close_code(unsigned code);

/// Room for the longest frame head a server writes.
inline constexpr std::size_t kFrameHead = 10;

/// Writes the head of a whole, unmasked frame to out, which has kFrameHead bytes; returns its size.
/// compressed sets RSV1 (RFC 7692 section 6).
std::size_t write_frame_head(char* out, Opcode opcode, bool compressed, std::uint64_t length);

/// A whole control frame. Limits: payload at most kControlPayload bytes.
std::string control_frame(Opcode opcode, std::string_view payload);

/// A Close frame; code kNoStatus gives an empty one. reason is cut to what fits, between
/// characters.
std::string close_frame(std::uint16_t code, std::string_view reason);

/// Masks or unmasks bytes in place (section 5.3). offset: how many bytes of the frame came before.
void apply_mask(char* bytes, std::size_t size, const std::uint8_t (&key)[4], std::uint64_t offset);

}  // namespace plughost::http::websocket
