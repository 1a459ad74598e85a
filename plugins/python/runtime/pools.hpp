#pragma once

#include <plughost/abi/abi.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "pool/pool.hpp"
#include "runtime/settings.hpp"

namespace plughost::python {

/// The pools of the configuration by name. One that nothing uses starts no process.
///
/// Owner:   the plugin instance.
/// Threads: health on [any]; everything else on [control], GIL not held.
/// Errors:  use throws BindError for a name that the configuration does not have; it and start
///          throw std::exception when a pool cannot start, and leave no process of it behind.
class Pools final {
 public:
  Pools(const ph_host* host, const Settings& settings);
  Pools(const Pools&) = delete;
  Pools& operator=(const Pools&) = delete;

  /// The pool that a route names, told of the route; started if the others are.
  Backend& use(std::string_view name, const RouteTarget& route);

  void start();
  bool drain(std::uint64_t deadline_ns);
  void stop();
  /// Stopped pools go, with what they hold of Python.
  void clear();
  std::string health() const;

 private:
  struct Entry {
    PoolSettings settings;
    std::unique_ptr<Pool> pool;                 // from the first use
    std::atomic<const Pool*> visible{nullptr};  // for health
  };

  Entry& entry(std::string_view name);

  const ph_host* const host_;
  std::map<std::string, Entry, std::less<>> entries_;
  bool started_ = false;
};

}  // namespace plughost::python
