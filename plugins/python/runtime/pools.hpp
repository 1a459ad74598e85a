#pragma once

#include <plughost/abi/abi.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pool/pool.hpp"
#include "runtime/settings.hpp"

namespace plughost::python {

/// The pools of the configuration by name, for one generation of users' code. One that nothing uses
/// starts no process.
///
/// Owner:   a generation.
/// Threads: health on [any]; call and withdraw on [any], with the GIL or without, so nothing takes
///          the GIL with mutex_ held; everything else on [control], GIL not held.
/// Errors:  use throws BindError for a name that the configuration does not have; it and start
///          throw std::exception when a pool cannot start, and leave no process of it behind.
class Pools final {
 public:
  /// desk: where calls end; it lives longer.
  Pools(const ph_host* host, const Settings& settings, pool::CallDesk& desk);
  Pools(const Pools&) = delete;
  Pools& operator=(const Pools&) = delete;

  /// The pool that a route names, told of the route; started if the others are.
  Backend& use(std::string_view name, const RouteTarget& route);

  /// Why there is no pool of that name in the configuration; empty: there is one.
  static std::string trouble_with(std::string_view name, const Settings& settings);
  /// Takes a call for the pool of that name, which there is; starts it if nothing has used it.
  /// Gives why the call is refused, or nothing: then it ends at the desk.
  /// Errors: throws std::exception when threads cannot be started.
  std::string call(std::string_view name, std::unique_ptr<pool::Call> call);
  /// Drops a call that has not begun. False: it has, and ends at the desk.
  bool withdraw(std::string_view name, std::uint64_t number);

  /// Starts those that routes use, and those that were called in `before`, if there is one. From
  /// here on there can be calls. limit: for the workers of one to be up; 0: none.
  void start(std::chrono::milliseconds limit, const Pools* before);
  bool drain(std::uint64_t deadline_ns);
  /// Takes no more; each works off what it has, then its workers leave.
  void retire();
  /// After retire: whether all have left.
  bool is_over() const;
  /// Every call has ended afterwards.
  void stop();
  std::string health() const;

 private:
  struct Entry {
    PoolSettings settings;
    std::unique_ptr<Pool> pool;                 // from the first use; guarded by mutex_
    bool running = false;                       // or about to; guarded by mutex_
    bool called = false;                        // by users' code; guarded by mutex_
    std::atomic<const Pool*> visible{nullptr};  // for health
  };

  Entry& entry(std::string_view name);
  void make(Entry& entry);
  std::vector<Pool*> pools() const;
  std::set<std::string> called() const;

  const ph_host* const host_;
  const Settings& settings_;
  pool::CallDesk& desk_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;
  bool started_ = false;  // guarded by mutex_
};

}  // namespace plughost::python
