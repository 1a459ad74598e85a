#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace plughost::python {

/// When a worker has done enough and a new one takes its place; 0: never for that reason.
struct Recycle {
  std::uint64_t tasks = 0;
  std::uint64_t rss_bytes = 0;  ///< of resident memory, looked at once a second
  std::chrono::milliseconds age{0};

  bool ever() const { return tasks != 0 || rss_bytes != 0 || age.count() != 0; }
};

/// One entry of the configuration's `pools:`.
struct PoolOptions {
  unsigned workers = 4;              ///< processes; at least 1
  std::size_t queue = 4096;          ///< requests waiting or running; beyond it the pool refuses
  std::vector<std::string> preload;  ///< modules that a worker imports first
  std::string start;                 ///< module:function that it calls then; empty: none
  /// How far workers stand back, 0 to 19: sched(7), "The nice value". Not 0, because who computes
  /// for long would otherwise keep the I/O threads, which run for microseconds, waiting for a turn.
  unsigned nice = 10;
  Recycle recycle;
  std::chrono::milliseconds call_timeout{0};  ///< for a call of plughost.pools; 0: none
};

}  // namespace plughost::python
