#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/utf8.hpp"
#include "http/websocket_deflate.hpp"
#include "http/websocket_extension.hpp"
#include "http/websocket_frame.hpp"

namespace plughost::http::websocket {

/// What the bytes of a client amount to.
enum class Event {
  none,    ///< all bytes are used up
  text,    ///< a whole message; UTF-8
  binary,  ///< a whole message
  ping,
  pong,
  close,   ///< nothing behind it is read
  failed,  ///< the client broke the protocol or a limit; nothing behind it is read
};

/// A Close frame's contents; with kNoStatus there were none.
struct Closing {
  std::uint16_t code = kNoStatus;
  std::string reason;
};

/// Reads the frames of one client (RFC 6455 section 5, RFC 7692 section 6) and joins them to
/// messages.
///
/// Strict, and as early as a byte allows: a mask is required, reserved bits and opcodes are refused
/// (close code 1002), lengths must be minimal, text must be UTF-8 (1007), a message may not exceed
/// its limit, decompressed (1009).
///
/// Owner:   one connection. Threads: its I/O thread.
/// Errors:  never throws on bytes from a peer; Event::failed with closing().
/// Limits:  holds at most message_limit bytes of a message, as they arrive: a length that is only
///          announced takes no memory.
class Reader final {
 public:
  Reader(std::uint64_t message_limit, const std::optional<DeflateTerms>& deflate);

  /// Takes bytes off the front up to the next event.
  Event read(std::string_view& bytes);

  /// Of the latest text, binary, ping or pong; valid until the next read.
  std::string_view payload() const { return is_message_ ? message_ : control_; }
  /// Takes the payload of the latest text or binary.
  std::string take_message() { return std::move(message_); }

  /// Of the latest close: what the client said. Of failed: what to tell the client.
  const Closing& closing() const { return closing_; }

  /// Bytes of a message that is not complete.
  std::size_t held() const { return message_.size(); }

 private:
  struct Frame {
    bool final = false;
    Opcode opcode = Opcode::continuation;
    std::uint64_t length = 0;
    std::uint8_t key[4] = {};
  };

  Event read_head(std::string_view& bytes);
  std::size_t head_size() const;
  Event judge_first_bytes();
  Event judge_opcode(std::uint8_t first);
  Event judge_length();
  void begin_message(Opcode opcode, bool compressed);

  Event read_payload(std::string_view& bytes);
  Event take_piece(const char* piece, std::size_t size);
  Event finish_frame();
  Event finish_message();
  Event finish_close();
  Event add_inflated(Inflater::Status status, std::size_t size_before);
  Event check_text(std::size_t from);

  Event fail(std::uint16_t code, std::string_view reason);

  const std::uint64_t message_limit_;
  std::optional<Inflater> inflater_;

  std::array<std::uint8_t, 14> head_;
  std::size_t head_have_ = 0;
  bool in_payload_ = false;
  Frame frame_;
  std::uint64_t payload_read_ = 0;

  bool in_message_ = false;  // its first frame has begun and its last has not ended
  bool is_message_ = false;  // the latest event's payload is message_
  bool text_ = false;
  bool compressed_ = false;
  std::string message_;
  std::string control_;
  Utf8Validator utf8_;
  Closing closing_;
  bool finished_ = false;
  bool failed_ = false;
};

}  // namespace plughost::http::websocket
