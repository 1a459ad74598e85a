#pragma once

#include <plughost/abi/abi.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "pool/call.hpp"
#include "runtime/backend.hpp"
#include "runtime/pool_options.hpp"

namespace plughost::python {

struct PoolSettings : PoolOptions {
  std::string name = "default";           ///< for the log
  std::vector<std::string> import_paths;  ///< first in a worker's sys.path, in this order
  std::string worker_module;              ///< path of the extension module plughost_core
  std::string python_executable;  ///< what the fork server runs: matches the linked libpython
  /// What a replacement may take until it is ready; in any case four times as long as the slowest
  /// worker so far.
  std::chrono::milliseconds start_limit = std::chrono::seconds(60);
};

/// Runs jobs in worker processes: N ProcessPoolExecutors of one process each behind one queue.
///
/// The executors start, watch and end the workers. A worker serves all its life in one submit: it
/// takes batches of requests from shared memory and leaves the replies there, so that a request
/// costs the parent no GIL, no pickling and no pipe. JSON in and out happen in the worker. A worker
/// that dies costs the task it was running (502); what it had not begun is queued again, and a new
/// worker takes its place at once, with a back-off when workers keep dying. One whose task runs on
/// for a second after its deadline is killed. One that has done enough (Recycle) is replaced by a
/// worker that is up before it goes. What waits behind a slow task for more than a millisecond or
/// two is given to a worker that is idle. Calls of this process's own are tasks like requests;
/// drain cancels those that have not begun.
///
/// Owner:   the plugin. Threads: as Backend says; two threads of its own (Engine).
/// Errors:  start() throws std::runtime_error when a worker cannot start or import a target, and
///          leaves no process behind. A job past its deadline while it waits is answered 504.
/// Limits:  2 batches in hand for a worker, of at most 64 requests and about 2 ms of work each; a
///          worker has 132 KiB of shared memory, more while requests or answers are larger.
class Pool : public Backend {
 public:
  using Backend::start;
  /// [control], GIL not held. As start(), but fails when the workers are not up after limit; 0:
  /// they may take as long as they need.
  virtual void start(std::chrono::milliseconds limit) = 0;
  /// [any], one at a time. Starts what start() does without waiting for workers; what goes wrong
  /// then is logged, and tried again. Takes no GIL. Throws std::system_error when there are no
  /// threads; then it may be called again.
  virtual void launch() = 0;
  /// [any]. A call to run as a task, by plughost._pool_calls.run; it ends at its desk, unless it is
  /// withdrawn. An accepted one is taken away from the caller.
  virtual pool::Admission call(std::unique_ptr<pool::Call>& call) = 0;
  /// [any]. Drops an accepted call that has not begun. False: it will end, or has, at its desk.
  virtual bool withdraw(std::uint64_t number) = 0;
  /// [control], GIL not held. Announces a route, so that workers import its function before they
  /// take work; a route that was not announced is imported at its first request.
  virtual void add_route(const RouteTarget& route) = 0;
  /// [control]. Takes no more; workers leave when what was accepted is done, at once if nothing is.
  /// Does not wait for it; stop() follows in the end.
  virtual void retire() = 0;
  /// [any]. After retire(): whether the workers have left.
  virtual bool is_over() const = 0;
};

/// Starts nothing: processes come with start(). The interpreter is initialised by then.
std::unique_ptr<Pool> make_pool(const ph_host* host, const PoolSettings& settings);

}  // namespace plughost::python
