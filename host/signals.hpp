#pragma once

#include "base/event_fd.hpp"

namespace plughost {

/// Turns TERM, INT, HUP, USR1 and USR2 into something the main thread can poll for.
///
/// The handlers only set a flag and write to an eventfd. SIGPIPE is ignored, SIGCHLD left alone and
/// no signal is blocked in any thread.
/// Rationale: a blocked mask is inherited by the pool's processes and users' subprocesses; and
/// libraries unblock signals in threads they start, so that a sigwait elsewhere loses them.
///
/// Owner: main; one a process. Threads: take() on [main].
class Signals final {
 public:
  Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  int fd() const;
  /// The next signal that arrived and was not taken; 0: none.
  int take();
};

}  // namespace plughost
