#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "runtime/job_queue.hpp"
#include "runtime/metric.hpp"

namespace plughost::python {

/// What the crew knows of one dispatch thread. The atomics are written by that thread while it
/// works, each on a cache line of its own.
struct alignas(64) Member {
  std::atomic<std::uint64_t> turn{0};         ///< odd: inside a call of a handler
  std::atomic<bool> aside{false};             ///< its call takes long: others go on without it
  std::atomic<bool> waited{false};            ///< and when that was seen, it had released the GIL
  std::atomic<std::uint64_t> deadline_ns{0};  ///< of the request it is in; 0: none
  std::atomic<const RouteTarget*> route{nullptr};
  std::atomic<bool> interrupted{false};  ///< written with the GIL held

 private:
  friend class Crew;
  enum class Place { absent, away, parked, active, aside, left };
  bool is_in_call() const { return turn.load(std::memory_order_acquire) % 2 == 1; }

  // Guarded by Crew::mutex_.
  Place place_ = Place::absent;
  bool stuck_ = false;  // replaced: it ends when its call returns
  std::uint64_t seen_turn_ = 0;
};

/// Decides which dispatch thread works: one while the queue moves, one more when it does not.
///
/// A member is parked, active, or aside: in a call that has lasted a whole look (1 ms), or that was
/// expected to wait. While a member is active nobody is woken. A member that comes back from aside
/// goes on if nobody is active, else it parks, so that two do not fight for the GIL.
///
/// There are twice as many members as threads: the second half stands in for those that are stuck
/// in a call past its deadline. One that comes back from there leaves, unless a thread is missing.
///
/// Owner:   Dispatcher, which owns the threads.
/// Threads: submit on any; the rest by members, the watcher and the control thread
///          as said. The mutex is held for a few instructions and never while waiting for the GIL.
class Crew final {
 public:
  /// depth: told how many jobs wait, at least every millisecond while some do.
  Crew(unsigned threads, std::size_t capacity, Metric::Updater depth = {});

  std::deque<Member>& members() { return members_; }
  const std::deque<Member>& members() const { return members_; }

  /// [any] False: full, draining or stopped, or every member is stuck.
  bool submit(const Job& job) noexcept;

  // Called by a member's thread.
  /// Parks until there is work and nobody does it; then the member is active. False: stop.
  bool wait_for_turn(Member& me);
  /// Returns done (if any) and gives the next batch; null: no work, the member is still active.
  Batch* next(Batch* done);
  /// The member's next call will wait: lets another go on meanwhile.
  void step_aside(Member& me);
  /// After a call that left the member aside. False: another is active, so park.
  bool step_back(Member& me);
  /// Looks for new work for a short while before parking; pointless on a single core. now_ns: the
  /// time, brought up to date.
  bool spin_for_work(std::uint64_t& now_ns) const;
  void end_turn(Member& me, Batch* done);
  void leave(Member& me);  ///< the thread is about to end

  // Called by the watcher's thread.
  using TimePoint = std::chrono::steady_clock::time_point;
  /// Returns at stop. waits(i) tells whether member i, which is in a call, waits with the GIL
  /// released. overdue() is called, without the mutex, now and then while there is work, and at the
  /// time that it returned.
  void watch(const std::function<bool(std::size_t)>& waits,
             const std::function<TimePoint()>& overdue);
  /// False: the member's call of that turn has just returned.
  bool mark_stuck(Member& member, std::uint64_t turn);
  /// What the member's call of that turn is of; empty: it has just returned.
  std::string handler(const Member& member, std::uint64_t turn) const;
  /// A member that needs a thread from now on; null: all have one.
  Member* bring_in();
  std::size_t stuck() const;

  /// What its members are in calls of.
  std::set<std::string> handlers() const;

  // Called by the control thread.
  /// Whether a member may still use the route of a call for which the predicate holds. One that
  /// does not now will not, unless such a call is submitted.
  bool may_be_in(const std::function<bool(const RouteTarget*)>& of) const;
  /// Refuses new jobs and waits until all accepted ones are done. False: the deadline came first.
  bool wait_until_done(TimePoint deadline);
  /// Takes away every job that has not started.
  std::vector<Job> take_queued();
  /// Sends the members home and waits for them. False: some are still in calls at the deadline.
  bool dismiss(TimePoint deadline);
  bool has_left(const Member& member);

 private:
  void enter(Member& member, Member::Place place);
  void wake_one_if_idle();
  std::size_t in_service() const;
  bool all_done() const;
  void show_depth() const {
    if (!stopping_) depth_.set(static_cast<std::int64_t>(queue_.size()));
  }
  void look(const std::function<bool(std::size_t)>& waits);

  mutable std::mutex mutex_;
  std::condition_variable parked_cv_, watcher_cv_, control_cv_;
  JobQueue queue_;
  const Metric::Updater depth_;
  std::deque<Member> members_;
  unsigned active_ = 0, aside_ = 0, parked_ = 0, left_ = 0, absent_ = 0, stuck_ = 0;
  std::uint64_t activations_ = 0;  // ever
  bool waking_ = false;            // a parked member has been notified and is not up yet
  bool watcher_parked_ = false, draining_ = false, stopping_ = false;
  std::atomic<bool> arrived_{false};  // a hint for spin_for_work
  const bool may_spin_;
};

}  // namespace plughost::python
