#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "dispatch/outcome.hpp"
#include "dispatch/request.hpp"

namespace plughost::http {
class ContentEncoder;
}

namespace plughost::dispatch {

/// Bytes of a streamed answer: copied, or lent until release.
struct Piece {
  std::string copied;
  std::string_view lent;
  Release release;

  std::string_view bytes() const { return lent.data() != nullptr ? lent : copied; }
};

/// The body of a streamed answer between the plugin that writes it and the I/O thread that sends.
///
/// Small pieces are gathered in copies, others are sent from where they lie. Above kHighWater bytes
/// that are not sent yet a write is Outcome::backpressure; then on_writable tells when they are
/// down to kLowWater. A plugin that writes on regardless gets Outcome::busy at kMost.
///
/// Owner:   its Request, from start() until it is recycled.
/// Threads: as each part says; the parts may overlap. Releases and notifications run outside the
///          lock. The request must be pinned, or not ended, while a member runs.
/// Limits:  a write of any size is taken while fewer than kHighWater bytes wait.
class ResponseStream final {
 public:
  static constexpr std::size_t kHighWater = 256 * 1024;
  static constexpr std::size_t kLowWater = 64 * 1024;
  static constexpr std::size_t kMost = 4 * 1024 * 1024;

  enum class End {
    open,
    finished,
    truncated,  ///< the client must see that something is missing
  };

  /// declared_length: kUnknownLength or what the head says. encoder: of what is written, each piece
  /// so that the client can decode it at once; null: none.
  ResponseStream(Request& request, http::Framing framing, std::uint64_t declared_length,
                 std::unique_ptr<http::ContentEncoder> encoder = nullptr);
  ~ResponseStream();
  ResponseStream(const ResponseStream&) = delete;
  ResponseStream& operator=(const ResponseStream&) = delete;

  http::Framing framing() const { return framing_; }

  // [any], by the plugin

  /// Takes release whatever it returns. invalid: more bytes than were declared.
  Outcome write(std::string_view bytes, Release release) noexcept;
  /// state: one is registered already. Takes the notification whatever it returns.
  Outcome on_writable(Notification notification) noexcept;
  // [any], by a WebSocket, whose frames are not to be mixed: admit and put under its own lock

  /// ok, busy, cancelled.
  Outcome admit(std::size_t bytes) const noexcept;
  /// Appends head and bytes, however much waits. Takes release.
  void put(std::string_view head, std::string_view bytes, Release release = {}) noexcept;
  /// The I/O thread shall look again, although nothing was put.
  void nudge() noexcept;
  /// More than kHighWater bytes wait.
  bool is_behind() const noexcept;

  /// After the terminal call was claimed. trailers: whole lines, or empty. Returns how many bytes
  /// are missing of those declared: then the stream is truncated.
  std::uint64_t finish(std::string_view trailers) noexcept;
  /// After the terminal call was claimed; nothing if finish() was called.
  void truncate() noexcept;

  // [I/O thread]

  /// Appends what was written since to out.
  End take(std::vector<Piece>& out);
  /// Of what take() gave, so much was sent.
  void sent(std::size_t bytes) noexcept;
  /// Fires on_writable if it is due. Not from inside a plugin's call.
  void notify_if_writable() noexcept;
  /// Nobody waits for it any more: drops what was written, refuses what follows, and fires
  /// on_writable, so that a plugin that waits for it learns of that.
  void drop() noexcept;
  /// Whole lines; meaningful once take() said finished.
  const std::string& trailers() const { return trailers_; }

 private:
  Outcome write_encoded(std::string_view bytes);
  void append(std::string_view bytes, Release& release);
  void end(End how) noexcept;

  Request& request_;
  const http::Framing framing_;
  const std::uint64_t declared_length_;
  std::mutex encoding_;  // held around mutex_: what I/O threads wait for is never encoding
  const std::unique_ptr<http::ContentEncoder> encoder_;  // guarded by encoding_; null: none
  mutable std::mutex mutex_;
  std::vector<Piece> pieces_;  // guarded by mutex_, as are all that follow
  std::size_t waiting_ = 0;    // written and not sent
  std::uint64_t written_ = 0;
  End end_ = End::open;
  bool dropped_ = false;
  Notification on_writable_;
  std::string trailers_;
};

}  // namespace plughost::dispatch
