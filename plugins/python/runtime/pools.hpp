#pragma once

#include <plughost/abi/abi.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "pool/pool.hpp"
#include "runtime/settings.hpp"

namespace plughost::python {

/// The pools of the configuration by name. One that nothing uses starts no process.
///
/// Owner:   the plugin instance.
/// Threads: health on [any]; trouble_with, call, withdraw and desk on [any], with the GIL or
///          without, so nothing takes the GIL with mutex_ held; everything else on [control], GIL
///          not held.
/// Errors:  use throws BindError for a name that the configuration does not have; it and start
///          throw std::exception when a pool cannot start, and leave no process of it behind.
class Pools final {
 public:
  Pools(const ph_host* host, const Settings& settings);
  Pools(const Pools&) = delete;
  Pools& operator=(const Pools&) = delete;

  /// The pool that a route names, told of the route; started if the others are.
  Backend& use(std::string_view name, const RouteTarget& route);

  /// Why there is no pool of that name; empty: there is one.
  std::string trouble_with(std::string_view name) const;
  /// Takes a call for the pool of that name, which there is; starts it if nothing has used it.
  /// Gives why the call is refused, or nothing: then it ends at the desk.
  /// Errors: throws std::exception when threads cannot be started.
  std::string call(std::string_view name, std::unique_ptr<pool::Call> call);
  /// Drops a call that has not begun. False: it has, and ends at the desk.
  bool withdraw(std::string_view name, std::uint64_t number);
  pool::CallDesk& desk() { return desk_; }

  /// From here on there can be calls.
  void start();
  bool drain(std::uint64_t deadline_ns);
  /// Every call has ended afterwards, and the desk is closed.
  void stop();
  /// Stopped pools go, with what they hold of Python.
  void clear();
  std::string health() const;

 private:
  struct Entry {
    PoolSettings settings;
    std::unique_ptr<Pool> pool;                 // from the first use; guarded by mutex_
    bool running = false;                       // or about to; guarded by mutex_
    std::atomic<const Pool*> visible{nullptr};  // for health
  };

  Entry& entry(std::string_view name);
  void make(Entry& entry);
  std::vector<Pool*> pools() const;

  const ph_host* const host_;
  pool::CallDesk desk_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;
  bool started_ = false;  // guarded by mutex_
};

}  // namespace plughost::python
