#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace plughost::python::pool {

/// Wakes the one thread that waits for it; both may be in any process that maps it.
///
/// Who rings has changed something before, and who was woken looks at everything: a ring is never
/// lost, many are one, and only one that ends a sleep costs a system call. Lives in shared memory
/// and starts as zeros. A process that dies at any point leaves it usable.
///
/// Threads: ring on [any]; wait on one thread.
class Doorbell final {
 public:
  static constexpr std::chrono::nanoseconds kForever{-1};

  void ring() noexcept;
  /// Returns at once if it was rung since the last return. False: timeout, or a signal came
  /// whose handler was installed without SA_RESTART, as Python's are.
  bool wait(std::chrono::nanoseconds timeout) noexcept;

 private:
  static constexpr std::uint32_t kQuiet = 0;
  static constexpr std::uint32_t kRung = 1;
  static constexpr std::uint32_t kAsleep = 2;

  std::atomic<std::uint32_t> state_{kQuiet};
  static_assert(std::atomic<std::uint32_t>::is_always_lock_free);
};

}  // namespace plughost::python::pool
