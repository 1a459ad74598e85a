#pragma once

#include <array>
#include <csignal>
#include <string>

namespace plughost::plugin {

/// The handlers of the signals that the host lives by, as they were at one moment.
///
/// Only TERM, INT, HUP, USR1, USR2, PIPE and CHLD: a language runtime may well need its own handler
/// for SIGSEGV or SIGURG.
///
/// Threads: [any], as long as nobody else changes handlers meanwhile.
class SignalGuard final {
 public:
  SignalGuard();

  /// Puts back what changed since; the names of those signals ("SIGTERM, SIGINT"), or nothing.
  std::string restore() const;

 private:
  static constexpr std::size_t kWatched = 7;
  std::array<struct sigaction, kWatched> actions_;
};

}  // namespace plughost::plugin
