// Workers from the start of their process until they take work or are given up.
#include <algorithm>
#include <utility>

#include "pool/engine.hpp"

namespace plughost::python::pool {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstBackOff{50};
constexpr milliseconds kLongestBackOff{2000};

}  // namespace

milliseconds back_off(unsigned failures) {
  if (failures <= 1) return milliseconds(0);
  const unsigned doublings = std::min(failures - 2, 6u);
  return std::min(kFirstBackOff * (1u << doublings), kLongestBackOff);
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
    set_limits(*worker);
    worker->process = std::make_unique<Process>(settings_, targets, fds, events_of(worker));
  } catch (const std::exception& failure) {
    error = failure.what();
  }
  const std::lock_guard lock(mutex_);
  if (!error.empty()) {
    start_failed(slots_[index], error);
    if (!slots_[index].wanted) keep_predecessor(slots_[index], slots_[twin(index)]);
    return;
  }
  // It may have been given up before the slot knew it.
  if (worker->useless) kill(*worker);
  slots_[index].worker = std::move(worker);
  changed_.notify_all();
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
    if (!stopping_) measures_.show(slots_, backlog_.size());
    if (!slot.wanted && !worker->retiring) succeed(slot, slots_[twin(worker->slot)]);
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
  if (worker->useless || worker->session.is_closed()) return;  // the first trouble counts
  worker->raised = outcome == Outcome::kRaised;
  if (worker->raised) worker->trouble = error;
  give_up(*worker);
}

/// mutex_ held. Nothing that it holds is settled before the keeper has seen it die. Until the slot
/// knows the worker, start_worker looks at the flag.
void Engine::give_up(Worker& worker) {
  worker.useless = true;
  if (slots_[worker.slot].worker.get() == &worker) kill(worker);
}

void Engine::kill(Worker& worker) {
  if (worker.process->has_ended()) return;
  worker.killed = true;
  worker.process->kill();
}

/// The first workers may take as long as they need.
void Engine::kill_late_starters() {
  const std::lock_guard lock(mutex_);
  if (!starts_are_limited()) return;
  for (const Slot& slot : slots_) {
    Worker* const worker = slot.worker.get();
    if (worker == nullptr || worker->ready || worker->useless || worker->dead) continue;
    if (Clock::now() - worker->started_at <= start_limit()) continue;
    worker->trouble = "it took too long to start";
    give_up(*worker);
  }
}

/// mutex_ held. One worker must have shown how long a start takes.
bool Engine::starts_are_limited() const {
  return !starting_ && slowest_start_ != Clock::duration::zero();
}

/// mutex_ held.
Clock::duration Engine::start_limit() const {
  return std::max<Clock::duration>(settings_.start_limit, 4 * slowest_start_);
}

}  // namespace plughost::python::pool
