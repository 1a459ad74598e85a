#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace plughost::python {

/// One entry of the configuration's `pools:`.
struct PoolOptions {
  unsigned workers = 4;              ///< processes; at least 1
  std::size_t queue = 4096;          ///< requests waiting or running; beyond it the pool refuses
  std::vector<std::string> preload;  ///< modules that a worker imports first
  std::string start;                 ///< module:function that it calls then; empty: none
};

}  // namespace plughost::python
