#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

/// The messages of permessage-deflate (RFC 7692 section 7.2).
///
/// Rationale: zlib, not Beast's port of it: Boost 1.74's has CVE-2018-25032, and what a client
/// sends reaches the compressor wherever a handler echoes it.
namespace plughost::http::websocket {

/// Compresses whole messages.
///
/// Threads: one at a time.
/// Limits:  the memory (about 32 KiB at 12 bits) is taken at the first message.
class Deflater final {
 public:
  /// window_bits: 9 to 15. keep_context: a message may refer to earlier ones.
  Deflater(int window_bits, bool keep_context);
  ~Deflater();
  Deflater(Deflater&&) noexcept;
  Deflater& operator=(Deflater&&) noexcept;

  /// Appends the payload of a compressed message to out. False: no memory; nothing happened.
  /// Limits: message has 1 byte to 2 GiB.
  bool compress(std::string_view message, std::string& out);

 private:
  struct Stream;
  int window_bits_;
  bool keep_context_;
  std::unique_ptr<Stream> stream_;
};

/// Decompresses messages that arrive in pieces.
///
/// Threads: one at a time.
/// Errors:  anything but ok ends its use.
/// Limits:  at most `limit` bytes come out of a message, however little went in. The memory (10 KiB
///          and the window) is taken at the first message.
class Inflater final {
 public:
  enum class Status { ok, too_large, invalid, no_memory };

  /// window_bits: 8 to 15. keep_context: a message may refer to earlier ones.
  Inflater(int window_bits, bool keep_context);
  ~Inflater();
  Inflater(Inflater&&) noexcept;
  Inflater& operator=(Inflater&&) noexcept;

  /// Appends what bytes stand for to out, which may grow to limit bytes.
  Status write(std::string_view bytes, std::string& out, std::size_t limit);
  /// The message ends here.
  Status finish(std::string& out, std::size_t limit);

 private:
  struct Stream;
  Status run(std::string_view bytes, std::string& out, std::size_t limit);
  bool start_next_stream();

  int window_bits_;
  bool keep_context_;
  bool got_some_ = false;       // of this message
  bool at_stream_end_ = false;  // the latest byte ended a block flagged as the last one
  std::unique_ptr<Stream> stream_;
};

}  // namespace plughost::http::websocket
