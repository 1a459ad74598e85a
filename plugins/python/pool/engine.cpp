#include "pool/engine.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "runtime/clock.hpp"

namespace plughost::python::pool {
namespace {

// Workers that have nothing to do leave at once; one that runs user threads may not.
constexpr std::chrono::milliseconds kShutdownPatience{2000};

}  // namespace

Engine::Engine(const ph_host* host, const PoolSettings& settings)
    : host_(host),
      settings_(settings),
      suffix_(settings.name == "default" ? "" : " of '" + settings.name + "'"),
      measures_(host, settings.name),
      slots_(settings.recycle.ever() ? 2 * settings.workers : settings.workers),
      keeper_event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  call_route_.spec = "plughost._pool_calls:run";
  for (unsigned i = settings.workers; i < slots_.size(); ++i) slots_[i].wanted = false;
  if (keeper_event_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

Engine::~Engine() { ::close(keeper_event_); }

void Engine::add_route(const RouteTarget& route) {
  const std::lock_guard lock(mutex_);
  targets_.find_or_add(route);
}

bool Engine::submit(const Job& job) noexcept {
  try {
    return admit(job, nullptr) == Admission::kAccepted;
  } catch (...) {
    return false;
  }
}

Admission Engine::admit(const Job& job, Call* call) {
  bool wake;
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return Admission::kClosed;
    if (pending_ >= settings_.queue) return Admission::kFull;
    backlog_.push({job, &targets_.find_or_add(*job.route), call});
    ++pending_;
    wake = std::exchange(hungry_, false);
  }
  if (wake) bell().ring();
  if (keeper_asleep_.load(std::memory_order_relaxed)) wake_keeper();
  return Admission::kAccepted;
}

void Engine::launch() {
  if (!feeder_.joinable()) feeder_ = std::thread([this] { feed(); });
  if (!keeper_.joinable()) keeper_ = std::thread([this] { keep(); });
}

void Engine::start(std::chrono::milliseconds limit) {
  starting_ = true;
  launch();
  std::string error;
  {
    std::unique_lock lock(mutex_);
    const auto settled = [this] { return !start_error_.empty() || all_ready(); };
    if (limit.count() == 0) {
      changed_.wait(lock, settled);
    } else if (!changed_.wait_for(lock, limit, settled)) {
      start_error_ = "the pool workers" + suffix_ + " are not up after " +
                     std::to_string(limit.count() / 1000) + " s";
    }
    starting_ = false;
    error = start_error_;
  }
  if (error.empty()) return;
  stop();
  throw std::runtime_error(error);
}

/// mutex_ held.
bool Engine::all_ready() const {
  return std::all_of(slots_.begin(), slots_.end(), [](const Slot& slot) {
    return !slot.wanted || (slot.worker != nullptr && slot.worker->ready);
  });
}

bool Engine::drain(std::uint64_t deadline_ns) {
  const auto left_ns = static_cast<std::int64_t>(deadline_ns - now_ns());
  const std::chrono::nanoseconds patience(deadline_ns == 0 ? 0
                                                           : std::max<std::int64_t>(left_ns, 0));
  Batch never_begun;
  {
    const std::lock_guard lock(mutex_);
    never_begun = backlog_.take_if([](const Task& task) { return task.call != nullptr; });
  }
  dismiss(never_begun);
  {
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, patience, [this] { return pending_ == 0; })) return true;
    closed_ = true;
    for (Slot& slot : slots_) {
      if (slot.worker != nullptr) take_back(*slot.worker);
    }
    never_begun = backlog_.take_all();
  }
  dismiss(never_begun);
  const std::lock_guard lock(mutex_);
  return pending_ == 0;
}

void Engine::stop() {
  bool abandoned_work;
  {
    const std::lock_guard lock(mutex_);
    closed_ = stopping_ = true;
    abandoned_work = pending_ != 0;
  }
  bell().ring();
  wake_keeper();
  if (feeder_.joinable()) feeder_.join();
  if (keeper_.joinable()) keeper_.join();

  std::vector<std::shared_ptr<Worker>> workers;
  std::vector<Process*> processes;
  {
    const std::lock_guard lock(mutex_);
    for (Slot& slot : slots_) {
      if (slot.worker == nullptr) continue;
      slot.worker->session.close();
      if (abandoned_work) slot.worker->process->kill();
      processes.push_back(slot.worker->process.get());
      workers.push_back(std::move(slot.worker));
    }
  }
  Process::shut_down(processes, kShutdownPatience);
  for (const auto& worker : workers) settle_dead(*worker, "when the server stopped", false);
  Batch rest;
  {
    const std::lock_guard lock(mutex_);
    rest = backlog_.take_all();
    measures_.end();  // what is still called back may outlive the host's side
  }
  dismiss(rest);
}

std::string Engine::health() const {
  const std::lock_guard lock(mutex_);
  std::size_t missing = 0;
  std::string reason;
  for (const Slot& slot : slots_) {
    if (!slot.wanted) continue;
    if (slot.worker != nullptr && slot.worker->ready && !slot.worker->dead) continue;
    if (!starts_are_limited() && slot.failures == 0) continue;  // it is the first start
    ++missing;
    if (!slot.reason.empty()) reason = ": " + slot.reason;
  }
  if (missing == 0) return {};
  return std::to_string(missing) + " of " + std::to_string(settings_.workers) + " pool workers" +
         suffix_ + " not running" + reason;
}

/// For the log: "pool worker 4711 of 'ml'".
std::string Engine::name_of(const Worker& worker) const {
  return "pool worker " + std::to_string(worker.process->pid()) + suffix_;
}

void Engine::log(std::int32_t level, const std::string& line) const {
  host_->log(host_, 0, level, {line.data(), line.size()});
}

bool Engine::is_over(const Task& task) const {
  const std::uint64_t deadline = task.job.head->deadline_ns;
  return deadline != 0 && deadline <= now_ns();
}

}  // namespace plughost::python::pool
