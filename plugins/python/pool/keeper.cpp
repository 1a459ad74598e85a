// The keeper thread: deaths, replacements, and requests that wait too long.
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "pool/engine.hpp"

namespace plughost::python::pool {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{10};
// A worker that lived this long has not died of its start.
constexpr std::chrono::seconds kSoundLife{10};
// After so many starts in a row that failed, waiting requests are refused instead of kept.
constexpr unsigned kHopelessStarts = 3;

}  // namespace

void Engine::wake_keeper() {
  keeper_asleep_.store(false, std::memory_order_relaxed);
  ::eventfd_write(keeper_event_, 1);
}

void Engine::keep() {
  pthread_setname_np(pthread_self(), "pool-keeper");
  const ThreadState python;
  oom_kills_ = oom_kills();
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    restart_due_slots();
    std::vector<std::shared_ptr<Worker>> dead;
    wait_for_events(dead);
    for (const auto& worker : dead) bury(worker);
    kill_late_starters();
    recycle();
    tick();
    show_measures();
  }
}

/// While nothing is pending only deaths, due restarts and starts that take too long matter.
int Engine::poll_timeout_ms() const {
  if (pending_ != 0) return static_cast<int>(kTick.count());
  int timeout = recycle_timeout_ms();
  const auto now = Clock::now();
  for (const Slot& slot : slots_) {
    const Worker* const worker = slot.worker.get();
    if (worker != nullptr && (!starts_are_limited() || worker->ready || worker->useless)) {
      continue;
    }
    if (worker == nullptr && !slot.wanted) continue;
    const auto due = worker == nullptr ? slot.restart_at : worker->started_at + start_limit();
    const auto left = std::chrono::ceil<milliseconds>(due - now).count();
    const int wait = static_cast<int>(std::clamp<std::int64_t>(left, 0, 2000));
    timeout = timeout < 0 ? wait : std::min(timeout, wait);
  }
  return timeout;
}

void Engine::wait_for_events(std::vector<std::shared_ptr<Worker>>& dead) {
  std::vector<pollfd> fds{{keeper_event_, POLLIN, 0}};
  std::vector<std::shared_ptr<Worker>> watched;
  int timeout;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    for (const Slot& slot : slots_) {
      if (slot.worker == nullptr) continue;
      fds.push_back({slot.worker->process->pidfd(), POLLIN, 0});
      watched.push_back(slot.worker);
    }
    timeout = poll_timeout_ms();
    keeper_asleep_.store(timeout < 0 || timeout > kTick.count(), std::memory_order_relaxed);
  }
  if (::poll(fds.data(), fds.size(), timeout) <= 0) return;
  keeper_asleep_.store(false, std::memory_order_relaxed);
  if (fds[0].revents != 0) {
    eventfd_t ignored;
    ::eventfd_read(keeper_event_, &ignored);
  }
  for (std::size_t i = 0; i < watched.size(); ++i) {
    if (fds[i + 1].revents != 0) dead.push_back(watched[i]);
  }
}

void Engine::bury(const std::shared_ptr<Worker>& worker) {
  bool is_replaced = false;  // by one of a newer pool
  {
    const std::lock_guard lock(mutex_);
    worker->dead = true;
    is_replaced = retiring_ && worker->retiring;
  }
  const Ending ending = worker->process->ending();
  settle_dead(*worker, ending.text(), true);
  bell().ring();
  worker->process->abandon();
  const std::uint64_t oom_kills_before = std::exchange(oom_kills_, oom_kills());
  const bool oom = oom_kills_ > oom_kills_before;
  if (!is_replaced) measures_.count(cause_of(*worker, ending, oom));
  const std::string line = obituary(*worker, ending, oom);
  log(is_replaced || worker->has_retired(ending) ? PH_LOG_INFO : PH_LOG_WARN,
      line + vacate(*worker, ending, line));
}

/// Empties the slot of a dead worker. Returns when the next one comes, for the log.
std::string Engine::vacate(const Worker& worker, const Ending& ending, const std::string& line) {
  const std::lock_guard lock(mutex_);
  Slot& slot = slots_[worker.slot];
  slot.worker.reset();
  if (worker.has_retired(ending)) return {};
  const bool sound = worker.ready && Clock::now() - worker.ready_since > kSoundLife;
  if (sound) slot.failures = 0;
  if (worker.overdue) {
    slot.reason = line;
  } else if (worker.ready) {
    ++slot.failures;
    slot.reason = line;
    slot.restart_at = Clock::now() + back_off(slot.failures);
  } else {
    start_failed(slot, line);
  }
  if (!slot.wanted) {
    if (!worker.retiring) keep_predecessor(slot, slots_[twin(worker.slot)]);
    return {};
  }
  if (settings_.recycle.ever()) succeed_early(slot, slots_[twin(worker.slot)]);
  const milliseconds pause = back_off(slot.failures);
  return pause.count() == 0 ? std::string()
                            : "; the next one starts in " + std::to_string(pause.count()) + " ms";
}

/// What the log says of a worker's end, and of what to do about it.
std::string Engine::obituary(const Worker& worker, const Ending& ending, bool oom) {
  const std::lock_guard lock(mutex_);
  std::string line = name_of(worker);
  if (worker.has_retired(ending)) return line + " has retired: " + worker.retirement;
  if (worker.killed) {
    return line + (worker.ready ? " was ended: " : " cannot start: ") + worker.trouble;
  }
  line += " ended " + ending.text();
  if (!worker.ready) line += " while it started";
  const std::string cause = ending.cause(oom);
  return cause.empty() ? line : line + ": " + cause;
}

void Engine::restart_due_slots() {
  for (unsigned i = 0; i < slots_.size(); ++i) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_ || !start_error_.empty() || (retiring_ && backlog_.empty())) return;
      const Slot& slot = slots_[i];
      if (slot.worker != nullptr || !slot.wanted || slot.restart_at > Clock::now()) continue;
    }
    start_worker(i);
  }
}

/// Every 10 ms while requests are pending.
void Engine::tick() {
  Batch over;
  Batch refused;
  std::string reason;
  bool wake;
  {
    const std::lock_guard lock(mutex_);
    if (pending_ == 0) return;
    for (Slot& slot : slots_) {
      if (slot.worker != nullptr && !slot.worker->dead) take_back_late(*slot.worker);
    }
    end_overdue();
    over = backlog_.take_if([this](const Task& task) { return is_over(task); });
    if (hopeless()) {
      refused = backlog_.take_all();
      for (const Slot& slot : slots_) reason = slot.wanted ? slot.reason : reason;
    }
    wake = !backlog_.empty() && open_workers() > 0;
  }
  if (wake) bell().ring();
  refuse(over, 504, "The request waited for a pool worker longer than its time limit.");
  if (refused.empty()) return;
  log(PH_LOG_ERROR, "no pool worker" + suffix_ + " starts, requests are refused: " + reason);
  refuse(refused, 503, "No pool worker is running.");
}

/// While tasks are pending every 10 ms, and once more when none is.
void Engine::show_measures() {
  const std::lock_guard lock(mutex_);
  measures_.show(slots_, backlog_.size());
}

/// mutex_ held. While a start is under way there is hope.
bool Engine::hopeless() const {
  return std::all_of(slots_.begin(), slots_.end(), [](const Slot& slot) {
    return !slot.wanted || (slot.failed_starts >= kHopelessStarts && slot.worker == nullptr);
  });
}

}  // namespace plughost::python::pool
