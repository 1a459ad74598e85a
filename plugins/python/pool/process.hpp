#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "pool/ending.hpp"
#include "pool/frame.hpp"
#include "pool/pool.hpp"

namespace plughost::python::pool {

/// How a worker's session came back from its executor.
enum class Outcome {
  kDone,    ///< it was closed
  kBroken,  ///< the executor gave its worker up
  kRaised,  ///< the worker's own code failed
};

/// Called on the executor's manager thread, GIL not held.
struct ProcessEvents {
  std::function<void(bool useless, const std::string& trouble)> ready;
  std::function<void(Outcome outcome, const std::string& error)> ended;
};

/// What a worker shares with its parent.
struct SharedFds {
  int feeder;  ///< the feeder's doorbell, the same for all workers
  int session;
  std::vector<int> boxes;
};

/// One worker process and its ProcessPoolExecutor (plughost._pool.Worker), seen from C++.
///
/// Death is seen by a pidfd: it is readable however the process dies, also while it was idle and
/// when the fork server that would report it is gone.
///
/// Owner:   pool::Worker.
/// Threads: [any]; members take the GIL themselves unless they say otherwise.
/// Errors:  the constructor throws std::runtime_error.
class Process final {
 public:
  /// Starts a process; returns when it exists. events.ready follows unless it dies before, and
  /// events.ended in any case.
  Process(const PoolSettings& settings, const std::vector<Definition>& targets,
          const SharedFds& fds, ProcessEvents events);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  int pidfd() const { return pidfd_; }

  void kill() noexcept;
  bool has_ended() const noexcept;
  /// After death. Waits up to a second for it.
  Ending ending() noexcept;
  /// After death: lets the executor go.
  void abandon() noexcept;

  /// executor.shutdown(wait=True, cancel_futures=True) on all in parallel, after their sessions
  /// were closed. What is left after patience is killed and waited for once more.
  static void shut_down(const std::vector<Process*>& processes,
                        std::chrono::milliseconds patience) noexcept;

 private:
  struct Python;  // the objects, out of sight of those who do not hold the GIL
  std::unique_ptr<Python> python_;
  pid_t pid_ = -1;
  int pidfd_ = -1;
};

/// Keeps this thread's Python thread state while the GIL is not held, so that taking the GIL again
/// does not make a new one each time.
class ThreadState final {
 public:
  ThreadState() : gil_(PyGILState_Ensure()), state_(PyEval_SaveThread()) {}
  ~ThreadState() {
    PyEval_RestoreThread(state_);
    PyGILState_Release(gil_);
  }
  ThreadState(const ThreadState&) = delete;
  ThreadState& operator=(const ThreadState&) = delete;

 private:
  PyGILState_STATE gil_;
  PyThreadState* state_;
};

/// Holds the GIL.
class Gil final {
 public:
  Gil() : state_(PyGILState_Ensure()) {}
  ~Gil() { PyGILState_Release(state_); }
  Gil(const Gil&) = delete;
  Gil& operator=(const Gil&) = delete;

 private:
  PyGILState_STATE state_;
};

}  // namespace plughost::python::pool
