#include "pool/doorbell.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ctime>

namespace plughost::python::pool {
namespace {

constexpr std::int64_t kNanosecondsInSecond = 1'000'000'000;

/// glibc has no function for it. Not the private kind: the other side may be another process.
void futex(std::atomic<std::uint32_t>& word, int operation, std::uint32_t value,
           const timespec* timeout) noexcept {
  ::syscall(SYS_futex, &word, operation, value, timeout, nullptr, 0);
}

}  // namespace

void Doorbell::ring() noexcept {
  if (state_.exchange(kRung, std::memory_order_acq_rel) == kAsleep) {
    futex(state_, FUTEX_WAKE, 1, nullptr);
  }
}

bool Doorbell::wait(std::chrono::nanoseconds timeout) noexcept {
  std::uint32_t state = kQuiet;
  if (state_.compare_exchange_strong(state, kAsleep, std::memory_order_acq_rel)) {
    const timespec limit{timeout.count() / kNanosecondsInSecond,
                         timeout.count() % kNanosecondsInSecond};
    futex(state_, FUTEX_WAIT, kAsleep, timeout < timeout.zero() ? nullptr : &limit);
  }
  return state_.exchange(kQuiet, std::memory_order_acq_rel) == kRung;
}

}  // namespace plughost::python::pool
