#pragma once

#include <pthread.h>
#include <sched.h>

namespace plughost::python {

/// From here on whoever wakes this thread goes on with what it does.
///
/// Rationale: on a busy core a thread of the usual policy takes the place of the one that wakes it
/// (sched(7)), so that an I/O thread would hand over its requests one or two at a time. Threads and
/// processes that it starts do not inherit this. Where the policy is forbidden it is only slower.
inline void let_the_waker_finish() {
  if (sched_getscheduler(0) != SCHED_OTHER) return;  // somebody has chosen another
  const sched_param none{};
  pthread_setschedparam(pthread_self(), SCHED_BATCH | SCHED_RESET_ON_FORK, &none);
}

}  // namespace plughost::python
