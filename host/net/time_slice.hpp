#pragma once

namespace plughost::net {

/// From here on this thread gets its turn sooner, for a shorter time, and as much of it in all.
///
/// Rationale: beside threads that compute, one that has work for microseconds waits for the end of
/// their time slices, milliseconds each. Since Linux 6.12 whoever asks for a shorter slice than the
/// running thread's takes its place when woken (sched_setattr(2)); older kernels change nothing.
void ask_for_short_time_slices() noexcept;

}  // namespace plughost::net
