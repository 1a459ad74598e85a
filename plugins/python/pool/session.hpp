#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "pool/doorbell.hpp"
#include "pool/shared_memory.hpp"

namespace plughost::python::pool {

/// The one call that a worker is in for all its working life, and by which it gets its batches.
///
/// Batches are numbered from 0; number n lies in mailbox n % kBoxes. The parent posts them in order
/// and the worker works them off in order: how far both are is three counters in shared memory.
/// Neither side needs the other's GIL, a pipe or an answer to go on.
///
/// Rationale: an executor's submit takes about 0.1 ms of the parent's GIL; a post takes a store,
/// and a futex call when the worker sleeps.
///
/// Owner:   parent and worker map the same memory.
/// Threads: post() on one thread, next(), wait() and finish() on the worker's; the others on [any].
/// Errors:  the constructors throw std::system_error.
class Session final {
 public:
  static constexpr unsigned kBoxes = 2;  // one running, one ready to run

  /// Parent: makes it.
  Session();
  /// Worker: takes over a descriptor that it inherited.
  explicit Session(int fd);

  int fd() const { return memory_.fd(); }

  /// Parent: the next batch lies in its mailbox.
  void post() noexcept;
  /// Parent: how many batches the worker is done with.
  std::uint32_t finished() const noexcept;
  /// Parent: whether the worker has begun to read that batch.
  bool has_taken(std::uint32_t number) const noexcept;
  /// Parent: the worker is to return once it has finished the batch that it is at.
  void close() noexcept;
  bool is_closed() const noexcept;

  /// Worker: the number of the next batch, if it has been posted.
  std::optional<std::uint32_t> next() noexcept;
  /// Worker: until there is a batch, or the session is closed, or a signal came. A second at most,
  /// as nobody wakes it for a signal that came right before it slept.
  void wait() noexcept;
  /// Worker: the replies of the batch that next() gave are in its mailbox.
  void finish() noexcept;

 private:
  struct Control {
    // Written by the parent.
    std::atomic<std::uint32_t> posted;
    std::atomic<std::uint32_t> closed;
    Doorbell worker;
    // Written by the worker.
    alignas(64) std::atomic<std::uint32_t> taken;
    std::atomic<std::uint32_t> finished;
  };
  static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

  static constexpr std::chrono::seconds kNap{1};

  Control& control() const { return *static_cast<Control*>(memory_.data()); }

  SharedMemory memory_;
};

}  // namespace plughost::python::pool
