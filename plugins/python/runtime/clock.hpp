#pragma once

#include <chrono>
#include <cstdint>

namespace plughost::python {

/// CLOCK_MONOTONIC in nanoseconds: what the ABI's deadlines are in.
inline std::uint64_t now_ns() {
  using namespace std::chrono;
  return static_cast<std::uint64_t>(
      duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count());
}

}  // namespace plughost::python
