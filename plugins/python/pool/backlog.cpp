#include "pool/backlog.hpp"

#include <algorithm>

namespace plughost::python::pool {
namespace {

constexpr std::uint64_t kBatchWorkNs = Backlog::kBatchWork.count();
// Less work than this is not worth waking one more worker.
constexpr std::uint64_t kWorthABatchNs = 50'000;

bool is_quick(const Task& task) { return Backlog::estimate_ns(task) < kBatchWorkNs; }

}  // namespace

PoolTarget& TargetTable::find_or_add(const RouteTarget& route) {
  const auto same = [&route](const PoolTarget& target) {
    return target.definition.spec == route.spec && target.definition.params == route.params;
  };
  PoolTarget*& known = by_route_[&route];
  if (known != nullptr && same(*known)) return *known;
  const auto it = std::find_if(targets_.begin(), targets_.end(), same);
  if (it != targets_.end()) {
    known = &*it;
  } else {
    PoolTarget& added = targets_.emplace_back();
    added.index = size() - 1;
    added.definition = {route.spec, route.params};
    known = &added;
  }
  return *known;
}

std::vector<Definition> TargetTable::since(std::uint32_t index) const {
  std::vector<Definition> news;
  for (std::size_t i = index; i < targets_.size(); ++i) news.push_back(targets_[i].definition);
  return news;
}

std::uint64_t Backlog::estimate_ns(const Task& task) {
  const std::uint64_t average = task.target->average_ns.load(std::memory_order_relaxed);
  return average == 0 ? kBatchWorkNs : std::min(average, kBatchWorkNs);
}

void Backlog::push_front(const Task* first, std::size_t n) {
  tasks_.insert(tasks_.begin(), first, first + n);
}

std::uint64_t Backlog::share_ns(std::size_t takers) const {
  std::uint64_t waiting = 0;
  const std::uint64_t enough = takers * kBatchWorkNs;
  for (auto it = tasks_.begin(); it != tasks_.end() && waiting < enough; ++it) {
    waiting += estimate_ns(*it);
  }
  return std::clamp(waiting / std::max<std::size_t>(takers, 1), kWorthABatchNs, kBatchWorkNs);
}

Batch Backlog::take(std::size_t takers) {
  Batch batch;
  const std::uint64_t share = share_ns(takers);
  std::uint64_t work = 0;
  while (!tasks_.empty() && batch.size() < kMaxTasks) {
    const Task& next = tasks_.front();
    work += estimate_ns(next);
    if (!batch.empty() && (work > share || !is_quick(next))) break;
    batch.push_back(next);
    tasks_.pop_front();
  }
  return batch;
}

Batch Backlog::take_all() {
  Batch all(tasks_.begin(), tasks_.end());
  tasks_.clear();
  return all;
}

}  // namespace plughost::python::pool
