#pragma once

#include <pistache/os.h>

#include <atomic>

namespace plughost::net {

/// The sleep of an I/O thread between two rounds, and a timer that ends it a moment later.
///
/// Rationale: a thread that wakes another of its own core usually loses the core to it
/// (sched(7)). One that is about to make many answers should do so first; where the other has a
/// core to itself, it should wake it at once.
///
/// Threads: end_soon and shares_core on [any], the rest on the I/O thread.
/// Errors:  the constructor throws std::system_error.
class Nap final {
 public:
  Nap();
  ~Nap();
  Nap(const Nap&) = delete;
  Nap& operator=(const Nap&) = delete;

  void bind(Pistache::Polling::Epoll& poller);
  bool is_timer(int fd) const noexcept { return fd == timer_fd_; }
  void read_timer() noexcept;

  void begin() noexcept;
  /// Whether the caller runs on the core where the I/O thread went to sleep.
  bool shares_core() const noexcept;
  /// The I/O thread wakes within two milliseconds.
  void end_soon() noexcept;

 private:
  const int timer_fd_;
  std::atomic<int> core_{-1};
};

}  // namespace plughost::net
