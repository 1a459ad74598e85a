#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "runtime/backend.hpp"
#include "runtime/crew.hpp"
#include "runtime/measures.hpp"
#include "runtime/overdue.hpp"
#include "runtime/stream.hpp"

namespace plughost::python {

class PythonThread;

/// Mode thread: runs jobs on dispatch threads, many for each time one takes the GIL.
///
/// A job past its deadline when its turn comes is answered without calling Python. One that is
/// cancelled is called all the same: a client that has half-closed still gets its answer.
/// A call that has not returned a second after its deadline is interrupted by DeadlineExceeded; if
/// it has not a second later, its thread counts as stuck and another takes its place, up to
/// `threads` times.
/// Answers are made right after each call, with the GIL held: the host's respond neither blocks nor
/// waits.
///
/// Owner:   the plugin instance, which must leak it if abandoned().
/// Threads: as Backend says. `threads` dispatch threads, one for each stuck one, and one watcher
///          exist from start to stop.
/// Errors:  start throws std::system_error when a thread cannot be made.
class Dispatcher final : public Backend {
 public:
  Dispatcher(const ph_host* host, unsigned threads, std::size_t queue);
  ~Dispatcher() override;

  bool submit(const Job& job) noexcept override;
  void start() override;
  bool drain(std::uint64_t deadline_ns) override;
  /// Waits up to 2 s for handlers to return, then lets their threads go: those answer no more.
  void stop() override;
  std::string health() const override;

  /// True after stop if a thread is still inside a handler: then neither this object nor the
  /// interpreter may go.
  bool abandoned() const { return abandoned_.load(std::memory_order_relaxed); }
  /// [control] As Crew::may_be_in.
  bool may_be_in(const std::function<bool(const RouteTarget*)>& of) const {
    return crew_.may_be_in(of);
  }

 private:
  enum class State { created, started, stopped };
  using Outcome = CallOutcome;

  void run_member(std::size_t index);
  void start_member(std::size_t index);
  void serve(Member& me, PythonThread& python, Reply& reply);
  std::uint64_t take_gil(PythonThread& python, std::uint64_t asked_ns) const;
  void run(Member& me, const Job& job, std::uint64_t now_ns, Reply& reply);
  Outcome call(Member& me, const Job& job, Reply& reply);
  void watch();
  void end_overdue(PythonThread& python);
  void interrupt(PythonThread& python, const Overdue::Case& overdue);
  void replace(const Overdue::Case& overdue);
  std::string stuck_handlers() const;
  void refuse_queued(std::string_view why);
  void log_running() const;

  const ph_host* const host_;
  const DispatchMeasures measures_;
  Crew crew_;
  std::vector<std::thread> threads_;  // one for each member, in its order; empty: it has none
  std::vector<std::atomic<const void*>> python_states_;
  Overdue overdue_;  // the watcher's
  std::thread watcher_;
  std::atomic<bool> watcher_left_{false};
  std::atomic<State> state_{State::created};
  std::atomic<bool> abandoned_{false};
};

}  // namespace plughost::python
