#include "net/admission.hpp"

#include <unistd.h>

#include <utility>

namespace plughost::net {

void Admission::start(int fd, std::size_t address, SharedContext& shared, const Threads& threads) {
  const auto self = std::make_shared<Admission>(fd, address, shared, threads.size());
  for (const auto& each : threads) {
    auto& thread = *each;
    thread.transport().run_soon([self, &thread] { self->offer(thread, self); });
  }
}

Admission::Admission(int fd, std::size_t address, SharedContext& shared, std::size_t threads)
    : shared_(shared), fd_(fd), address_(address), unasked_(threads) {}

Admission::~Admission() {
  if (fd_ < 0) return;
  ::close(fd_);
  shared_.connections.fetch_sub(1, std::memory_order_release);
}

/// The thread that is asked last decides.
void Admission::offer(IoThread& thread, const std::shared_ptr<Admission>& self) {
  const auto idle_since = thread.transport().oldest_idle_since();
  std::lock_guard lock(mutex_);
  if (idle_since && (!best_ || *idle_since < best_->idle_since)) best_ = {&thread, *idle_since};
  if (--unasked_ > 0) return;
  if (!best_) return admit(thread, false);
  auto& winner = *best_->thread;
  winner.transport().run_soon(
      [self, &winner] { self->admit(winner, winner.transport().close_oldest_idle()); });
}

void Admission::admit(IoThread& thread, bool has_room) {
  thread.transport().add_client(std::exchange(fd_, -1), address_, has_room);
}

}  // namespace plughost::net
