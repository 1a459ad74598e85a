#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "dispatch/request.hpp"

namespace plughost::net {

using dispatch::Clock;

/// Coarse timers of one I/O thread: a hashed wheel of buckets, each tick 20 ms wide.
///
/// An entry only says "look at that connection then"; the connection knows what is due. So a
/// deadline that moves later costs nothing, and one that moves earlier one more entry.
///
/// Threads: one I/O thread. Errors: none. Limits: fires up to one tick late, never early.
class TimerWheel final {
 public:
  struct Entry {
    std::uint64_t tick;
    int fd;
    std::uint64_t serial;  ///< of the connection: descriptors are used again
  };
  static constexpr std::chrono::milliseconds kTick{20};

  /// The first tick at which `when` has passed.
  static std::uint64_t tick_of(Clock::time_point when);
  static Clock::time_point time_of(std::uint64_t tick) { return Clock::time_point(tick * kTick); }

  void add(const Entry& entry);

  /// Moves the entries that are due at now into due.
  void take_due(Clock::time_point now, std::vector<Entry>& due);

  /// When to look again; nothing if the wheel is empty.
  std::optional<std::uint64_t> next_tick() const;

 private:
  static constexpr std::size_t kBuckets = 1024;

  std::array<std::vector<Entry>, kBuckets> buckets_;
  std::uint64_t position_ = 0;  // every tick up to it has been taken
  std::size_t size_ = 0;
};

}  // namespace plughost::net
