#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include "dispatch/outcome.hpp"
#include "dispatch/request.hpp"

namespace plughost::dispatch {

/// The body of a request between the I/O thread that reads it and the plugin that pulls it.
///
/// Owner:   its Request, from before dispatch until it is recycled.
/// Threads: as each part says; the parts may overlap. Notifications run outside the lock. The
///          request must be pinned, or not ended, while a member runs.
/// Limits:  the I/O thread stops reading while kRoom bytes are here; with one read on top, and as
///          much in the plugin's hands, kMost is the most memory it takes.
class BodyStream final {
 public:
  static constexpr std::size_t kRoom = 64 * 1024;
  static constexpr std::size_t kMost = 256 * 1024;

  explicit BodyStream(Request& request);
  /// All of the body was there before the handler was called: request.message.body.
  struct Whole {};
  BodyStream(Request& request, Whole);
  BodyStream(const BodyStream&) = delete;
  BodyStream& operator=(const BodyStream&) = delete;

  // [any], by the plugin

  /// ok: bytes views up to max > 0 of the body, until the next read; none: it has ended.
  Outcome read(std::size_t max, std::string_view& bytes) noexcept;
  /// state: one is registered already. Takes the notification whatever it returns.
  Outcome on_readable(Notification notification) noexcept;
  bool was_whole() const noexcept { return was_whole_; }
  /// After the terminal call was claimed: the notification will not run.
  void close() noexcept;

  // [I/O thread], not from inside a plugin's call

  /// Takes the bytes, all of the body at the latest when is_last, and tells a plugin that waits.
  void add(std::string& bytes, bool is_last) noexcept;
  /// The rest will not come: reads fail, and a plugin that waits is told.
  void cancel() noexcept;
  /// Fires on_readable if it is due.
  void notify_if_readable() noexcept;
  bool has_room() const noexcept;
  /// The plugin asked for the body.
  bool is_wanted() const noexcept;

 private:
  bool readable() const { return cancelled_ || complete_ || !arrived_.empty() || !unread_.empty(); }

  Request& request_;
  const bool was_whole_ = false;
  mutable std::mutex mutex_;
  std::string arrived_;      // guarded by mutex_, as are all that follow
  std::string in_use_;       // what the plugin's view points into
  std::string_view unread_;  // of in_use_, or of the whole
  bool complete_ = false;
  bool cancelled_ = false;
  bool wanted_ = false;
  bool closed_ = false;
  Notification on_readable_;
};

}  // namespace plughost::dispatch
