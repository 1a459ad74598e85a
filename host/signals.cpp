#include "signals.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>

namespace plughost {
namespace {

constexpr std::array kWatched{SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2};
std::array<std::atomic<int>, NSIG> pending;
const EventFd* wake = nullptr;
static_assert(std::atomic<int>::is_always_lock_free);

void on_signal(int number) {
  const int saved = errno;
  pending[static_cast<std::size_t>(number)].fetch_add(1);
  wake->notify();
  errno = saved;
}

}  // namespace

Signals::Signals() {
  // Never freed: a signal may arrive while the process exits.
  if (wake == nullptr) wake = new EventFd;
  struct sigaction action{};
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  action.sa_handler = on_signal;
  for (const int number : kWatched) ::sigaction(number, &action, nullptr);
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
}

int Signals::fd() const { return wake->fd(); }

int Signals::take() {
  wake->clear();
  for (const int number : kWatched) {
    auto& count = pending[static_cast<std::size_t>(number)];
    if (count.load() > 0) {
      count.fetch_sub(1);
      wake->notify();  // there may be more
      return number;
    }
  }
  return 0;
}

}  // namespace plughost
