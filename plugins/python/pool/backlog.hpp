#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

#include "pool/call.hpp"
#include "pool/frame.hpp"
#include "runtime/backend.hpp"

namespace plughost::python::pool {

/// A function as workers know it: by its index among all that they were told.
struct PoolTarget {
  std::uint32_t index;
  Definition definition;
  std::atomic<std::uint64_t> average_ns{0};  ///< running average of a call; 0: not known yet

  void learn(std::uint64_t took_ns) {
    const std::uint64_t before = average_ns.load(std::memory_order_relaxed);
    const std::uint64_t now = before == 0 ? took_ns : (before * 7 + took_ns) / 8;
    average_ns.store(now == 0 ? 1 : now, std::memory_order_relaxed);
  }
};

/// All functions ever announced, in the order in which workers learn them. Addresses are stable.
class TargetTable final {
 public:
  PoolTarget& find_or_add(const RouteTarget& route);
  std::uint32_t size() const { return static_cast<std::uint32_t>(targets_.size()); }
  /// Those from index on.
  std::vector<Definition> since(std::uint32_t index) const;

 private:
  std::deque<PoolTarget> targets_;
  // A route's address may be used again after unbind, so what is found is compared.
  std::unordered_map<const RouteTarget*, PoolTarget*> by_route_;
};

struct Task {
  Job job;
  PoolTarget* target;
  /// Null: a request. Else the job's token is none; how long it takes is not learned, so that it
  /// travels alone.
  Call* call = nullptr;
};
using Batch = std::vector<Task>;

/// What no worker has yet, in order, and how much of it makes one batch.
///
/// To wake a worker and to hear of its end costs about 10 us whatever a batch holds, so quick tasks
/// share one, up to about 2 ms of work; a task that takes longer, or whose function was never
/// called, travels alone.
///
/// Threads: guarded by the owner's mutex.
class Backlog final {
 public:
  static constexpr std::chrono::nanoseconds kBatchWork = std::chrono::milliseconds(2);
  static constexpr std::size_t kMaxTasks = 64;

  bool empty() const { return tasks_.empty(); }
  std::size_t size() const { return tasks_.size(); }
  void push(const Task& task) { tasks_.push_back(task); }
  /// Puts tasks back before all others, in their order.
  void push_front(const Task* first, std::size_t n);
  /// The next batch when that many workers could take one now.
  Batch take(std::size_t takers);
  Batch take_all();
  /// Removes those for which the predicate holds.
  template <typename Predicate>
  Batch take_if(Predicate predicate);

  /// How long a task will probably take; a task that travels alone counts as all of a batch.
  static std::uint64_t estimate_ns(const Task& task);

 private:
  std::uint64_t share_ns(std::size_t takers) const;

  std::deque<Task> tasks_;
};

template <typename Predicate>
Batch Backlog::take_if(Predicate predicate) {
  if (std::none_of(tasks_.begin(), tasks_.end(), predicate)) return {};
  Batch taken;
  std::deque<Task> kept;
  for (const Task& task : tasks_) {
    if (predicate(task)) {
      taken.push_back(task);
    } else {
      kept.push_back(task);
    }
  }
  tasks_.swap(kept);
  return taken;
}

}  // namespace plughost::python::pool
