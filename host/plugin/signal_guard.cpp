#include "plugin/signal_guard.hpp"

#include <string_view>

namespace plughost::plugin {
namespace {

struct Watched {
  int number;
  std::string_view name;
};

constexpr std::array<Watched, 7> kSignals{{{SIGTERM, "SIGTERM"},
                                           {SIGINT, "SIGINT"},
                                           {SIGHUP, "SIGHUP"},
                                           {SIGUSR1, "SIGUSR1"},
                                           {SIGUSR2, "SIGUSR2"},
                                           {SIGPIPE, "SIGPIPE"},
                                           {SIGCHLD, "SIGCHLD"}}};

}  // namespace

SignalGuard::SignalGuard() {
  static_assert(kSignals.size() == kWatched);
  for (std::size_t i = 0; i < kWatched; ++i) sigaction(kSignals[i].number, nullptr, &actions_[i]);
}

std::string SignalGuard::restore() const {
  std::string changed;
  for (std::size_t i = 0; i < kWatched; ++i) {
    struct sigaction now{};
    sigaction(kSignals[i].number, nullptr, &now);
    // Flags may differ: a runtime may add SA_ONSTACK to a handler that stays the host's.
    if (now.sa_handler == actions_[i].sa_handler) continue;
    sigaction(kSignals[i].number, &actions_[i], nullptr);
    if (!changed.empty()) changed += ", ";
    changed += kSignals[i].name;
  }
  return changed;
}

}  // namespace plughost::plugin
