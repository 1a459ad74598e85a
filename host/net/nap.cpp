#include "net/nap.hpp"

#include <sched.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

namespace plughost::net {
namespace {

constexpr long kSoonNs = 2'000'000;

int make_timer() {
  const int fd = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "timerfd_create");
  return fd;
}

}  // namespace

Nap::Nap() : timer_fd_(make_timer()) {}

Nap::~Nap() { ::close(timer_fd_); }

void Nap::bind(Pistache::Polling::Epoll& poller) {
  poller.addFd(timer_fd_,
               Pistache::Flags<Pistache::Polling::NotifyOn>(Pistache::Polling::NotifyOn::Read),
               Pistache::Polling::Tag(static_cast<std::uint64_t>(timer_fd_)));
}

void Nap::read_timer() noexcept {
  std::uint64_t expirations = 0;
  [[maybe_unused]] const auto got = ::read(timer_fd_, &expirations, sizeof expirations);
}

void Nap::begin() noexcept { core_.store(::sched_getcpu(), std::memory_order_relaxed); }

bool Nap::shares_core() const noexcept {
  return core_.load(std::memory_order_relaxed) == ::sched_getcpu();
}

void Nap::end_soon() noexcept {
  const itimerspec soon{{0, 0}, {0, kSoonNs}};
  ::timerfd_settime(timer_fd_, 0, &soon, nullptr);
}

}  // namespace plughost::net
