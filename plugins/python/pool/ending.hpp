#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace plughost::python::pool {

/// How a worker process ended, and what an operator can do about it.
struct Ending {
  std::optional<int> code;  ///< exit code; negative: the signal; none: nobody knows

  /// Completes "the worker ended …": "of signal 9 (SIGKILL)", "with exit code 3".
  std::string text() const;
  /// What probably happened, as the rest of a sentence; empty if there is no telling. oom: the
  /// kernel ended a process for lack of memory meanwhile.
  std::string cause(bool oom) const;
};

/// How many processes the kernel has ended for lack of memory: in this process's control group,
/// else on this machine.
std::uint64_t oom_kills();

}  // namespace plughost::python::pool
