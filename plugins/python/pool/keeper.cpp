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
constexpr milliseconds kFirstBackOff{50};
constexpr milliseconds kLongestBackOff{2000};
// A worker that lived this long has not died of its start.
constexpr std::chrono::seconds kSoundLife{10};
// After so many starts in a row that failed, waiting requests are refused instead of kept.
constexpr unsigned kHopelessStarts = 3;

/// 0, 50 ms, 100 ms ... 2 s.
milliseconds back_off(unsigned failures) {
  if (failures <= 1) return milliseconds(0);
  const unsigned doublings = std::min(failures - 2, 6u);
  return std::min(kFirstBackOff * (1u << doublings), kLongestBackOff);
}

}  // namespace

void Engine::wake_keeper() {
  keeper_asleep_.store(false, std::memory_order_relaxed);
  ::eventfd_write(keeper_event_, 1);
}

void Engine::keep() {
  pthread_setname_np(pthread_self(), "pool-keeper");
  const ThreadState python;
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
    tick();
  }
}

/// While nothing is pending only deaths, due restarts and starts that take too long matter.
int Engine::poll_timeout_ms() const {
  if (pending_ != 0) return static_cast<int>(kTick.count());
  int timeout = -1;
  const auto now = Clock::now();
  for (const Slot& slot : slots_) {
    const Worker* const worker = slot.worker.get();
    if (worker != nullptr && (starting_ || worker->ready || worker->useless)) continue;
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
  {
    const std::lock_guard lock(mutex_);
    worker->dead = true;
  }
  const std::string how = worker->process->how_it_ended();
  settle_dead(*worker, how, true);
  bell().ring();
  worker->process->abandon();
  std::string line = name_of(*worker) + " ended " + how;
  {
    const std::lock_guard lock(mutex_);
    if (!worker->trouble.empty()) line += ": " + worker->trouble;
    Slot& slot = slots_[worker->slot];
    slot.worker.reset();
    const bool sound = worker->ready && Clock::now() - worker->ready_since > kSoundLife;
    if (sound) slot.failures = 0;
    if (worker->ready) {
      ++slot.failures;
      slot.reason = line;
      slot.restart_at = Clock::now() + back_off(slot.failures);
    } else {
      start_failed(slot, line + " while it started");
    }
  }
  log(PH_LOG_WARN, line);
}

/// mutex_ held.
void Engine::start_failed(Slot& slot, const std::string& why) {
  ++slot.failures;
  ++slot.failed_starts;
  slot.reason = why;
  slot.restart_at = Clock::now() + back_off(slot.failures);
  if (!starting_) return;
  if (start_error_.empty()) start_error_ = why;
  changed_.notify_all();
}

void Engine::restart_due_slots() {
  for (unsigned i = 0; i < slots_.size(); ++i) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_ || !start_error_.empty()) return;
      if (slots_[i].worker != nullptr || slots_[i].restart_at > Clock::now()) continue;
    }
    start_worker(i);
  }
}

void Engine::start_worker(unsigned index) {
  std::shared_ptr<Worker> worker;
  std::string error;
  try {
    worker = std::make_shared<Worker>(index);
    std::vector<Definition> targets;
    {
      const std::lock_guard lock(mutex_);
      targets = targets_.since(0);
      worker->known_targets = targets_.size();
    }
    SharedFds fds{feeder_bell_.fd(), worker->session.fd(), {}};
    for (const Box& box : worker->boxes) fds.boxes.push_back(box.mailbox.fd());
    worker->process = std::make_unique<Process>(settings_, targets, fds, events_of(worker));
  } catch (const std::exception& failure) {
    error = failure.what();
  }
  const std::lock_guard lock(mutex_);
  if (!error.empty()) {
    start_failed(slots_[index], error);
    return;
  }
  // It may have been given up before the slot knew it.
  if (worker->useless) worker->process->kill();
  slots_[index].worker = std::move(worker);
  changed_.notify_all();
}

ProcessEvents Engine::events_of(const std::shared_ptr<Worker>& worker) {
  const std::weak_ptr<Engine> weak_engine = weak_from_this();
  const std::weak_ptr<Worker> weak_worker = worker;
  ProcessEvents events;
  events.ready = [weak_engine, weak_worker](bool useless, const std::string& trouble) {
    const auto engine = weak_engine.lock();
    const auto self = weak_worker.lock();
    if (engine != nullptr && self != nullptr) engine->on_ready(self, useless, trouble);
  };
  events.ended = [weak_engine, weak_worker](Outcome outcome, const std::string& error) {
    const auto engine = weak_engine.lock();
    const auto self = weak_worker.lock();
    if (engine != nullptr && self != nullptr) engine->on_ended(self, outcome, error);
  };
  return events;
}

void Engine::on_ready(const std::shared_ptr<Worker>& worker, bool useless,
                      const std::string& trouble) {
  {
    const std::lock_guard lock(mutex_);
    if (worker->useless) return;  // given up before
    Slot& slot = slots_[worker->slot];
    worker->trouble = trouble;
    if (useless) {
      give_up(*worker);
      return;
    }
    worker->ready = true;
    worker->ready_since = Clock::now();
    slowest_start_ = std::max(slowest_start_, worker->ready_since - worker->started_at);
    slot.failed_starts = 0;
    if (starting_ && !trouble.empty() && start_error_.empty()) {
      start_error_ = "a pool worker" + suffix_ + " cannot import " + trouble;
    }
  }
  if (!trouble.empty()) {
    log(PH_LOG_ERROR, "a pool worker" + suffix_ + " cannot import " + trouble);
  }
  bell().ring();
  changed_.notify_all();
}

void Engine::on_ended(const std::shared_ptr<Worker>& worker, Outcome outcome,
                      const std::string& error) {
  const std::lock_guard lock(mutex_);
  if (worker->session.is_closed()) return;
  worker->raised = outcome == Outcome::kRaised;
  if (worker->raised) worker->trouble = error;
  give_up(*worker);
}

/// mutex_ held. Nothing that it holds is settled before the keeper has seen it die. Until the slot
/// knows the worker, start_worker looks at the flag.
void Engine::give_up(Worker& worker) {
  worker.useless = true;
  if (slots_[worker.slot].worker.get() == &worker) worker.process->kill();
}

/// The first workers may take as long as they need: start() waits for them.
void Engine::kill_late_starters() {
  const std::lock_guard lock(mutex_);
  if (starting_) return;
  for (const Slot& slot : slots_) {
    Worker* const worker = slot.worker.get();
    if (worker == nullptr || worker->ready || worker->useless || worker->dead) continue;
    if (Clock::now() - worker->started_at <= start_limit()) continue;
    worker->trouble = "it took too long to start";
    give_up(*worker);
  }
}

/// mutex_ held.
Clock::duration Engine::start_limit() const {
  return std::max<Clock::duration>(settings_.start_limit, 4 * slowest_start_);
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
    over = backlog_.take_if([this](const Task& task) { return is_over(task); });
    if (hopeless()) {
      refused = backlog_.take_all();
      reason = slots_.front().reason;
    }
    wake = !backlog_.empty() && open_workers() > 0;
  }
  if (wake) bell().ring();
  refuse(over, 504, "The request waited for a pool worker longer than its time limit.");
  if (refused.empty()) return;
  log(PH_LOG_ERROR, "no pool worker" + suffix_ + " starts, requests are refused: " + reason);
  refuse(refused, 503, "No pool worker is running.");
}

/// mutex_ held. While a start is under way there is hope.
bool Engine::hopeless() const {
  return std::all_of(slots_.begin(), slots_.end(), [](const Slot& slot) {
    return slot.failed_starts >= kHopelessStarts && slot.worker == nullptr;
  });
}

}  // namespace plughost::python::pool
