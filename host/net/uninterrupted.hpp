#pragma once

#include <sys/types.h>

#include <cerrno>

namespace plughost::net {

/// Repeats a system call that a signal interrupted.
template <typename Call>
ssize_t uninterrupted(Call call) {
  for (;;) {
    const ssize_t result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

}  // namespace plughost::net
