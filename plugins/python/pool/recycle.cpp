// Workers that have done enough: the next one is up before the old one goes.
//
// Each place has two slots then, of which one is wanted: that is where a worker is restarted. The
// other one has a successor while it starts, or a retired worker until it has left.
#include <unistd.h>

#include <fstream>
#include <random>

#include "pool/engine.hpp"

namespace plughost::python::pool {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRssPeriod{1000};
// A worker that was told to leave and does not is killed: a thread of the user's keeps it, say.
constexpr milliseconds kLeavePatience{10'000};
constexpr milliseconds kAfterFailure{1000};

/// Up to a tenth less, so that workers that started together do not end together.
std::uint64_t with_jitter(std::uint64_t limit) {
  thread_local std::minstd_rand random{std::random_device{}()};
  return limit - std::uniform_int_distribution<std::uint64_t>(0, limit / 10)(random);
}

/// 0: the process is gone.
std::uint64_t resident_bytes(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

void Engine::set_limits(Worker& worker) const {
  const Recycle& recycle = settings_.recycle;
  if (recycle.tasks != 0) worker.task_limit = with_jitter(recycle.tasks);
  if (recycle.age.count() != 0) {
    worker.retires_at = worker.started_at +
                        milliseconds(with_jitter(static_cast<std::uint64_t>(recycle.age.count())));
  }
}

/// mutex_ held. How long the keeper may sleep for all that this file does.
int Engine::recycle_timeout_ms() const {
  const Recycle& recycle = settings_.recycle;
  bool busy = recycle.rss_bytes != 0 || recycle.age.count() != 0;
  for (const Slot& slot : slots_) busy = busy || (slot.worker != nullptr && !slot.wanted);
  return (recycle.ever() || retiring_) && busy ? static_cast<int>(kRssPeriod.count()) : -1;
}

/// Why the worker should go; empty: it need not.
std::string Engine::has_done_enough(const Worker& worker) const {
  if (worker.tasks >= worker.task_limit)
    return "it had done " + std::to_string(worker.tasks) + " requests";
  if (Clock::now() >= worker.retires_at) return "it had reached its age";
  if (settings_.recycle.rss_bytes != 0 && worker.rss_bytes > settings_.recycle.rss_bytes) {
    return "it had grown to " + std::to_string(worker.rss_bytes >> 20) + " MiB";
  }
  return {};
}

void Engine::look_at_memory() {
  if (settings_.recycle.rss_bytes == 0 || Clock::now() - last_rss_look_ < kRssPeriod) return;
  last_rss_look_ = Clock::now();
  std::vector<std::shared_ptr<Worker>> workers;
  {
    const std::lock_guard lock(mutex_);
    for (const Slot& slot : slots_) {
      if (slot.worker != nullptr && slot.wanted) workers.push_back(slot.worker);
    }
  }
  for (const auto& worker : workers) worker->rss_bytes = resident_bytes(worker->process->pid());
}

/// One step of all replacements under way; starts new ones.
void Engine::recycle() {
  look_at_memory();
  std::vector<unsigned> successors;
  std::vector<std::shared_ptr<Worker>> leaving;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || starting_ || !(settings_.recycle.ever() || retiring_)) return;
    retire_workers();
    for (unsigned i = 0; i < slots_.size(); ++i) {
      const std::shared_ptr<Worker>& worker = slots_[i].worker;
      if (worker == nullptr || worker->dead || worker->useless || !worker->ready) continue;
      if (worker->retiring) {
        if (leave(*worker)) leaving.push_back(worker);
        continue;
      }
      if (retiring_ || !slots_[i].wanted || !worker->retirement.empty()) continue;
      Slot& other = slots_[twin(i)];
      if (other.worker != nullptr || other.restart_at > Clock::now()) continue;
      worker->retirement = has_done_enough(*worker);
      if (!worker->retirement.empty()) successors.push_back(twin(i));
    }
  }
  for (const unsigned slot : successors) start_worker(slot);
  for (const auto& worker : leaving) {
    worker->session.close();
    worker->process->abandon();
  }
}

/// mutex_ held. The successor in this slot takes work: its predecessor gets none any more.
void Engine::succeed(Slot& slot, Slot& old) {
  slot.wanted = true;
  old.wanted = false;
  if (old.worker == nullptr || old.worker->dead) return;
  old.worker->retiring = true;
  take_back(*old.worker);
  wake_keeper();
}

/// mutex_ held. The worker of this slot has died while its successor starts: no third one is
/// needed.
void Engine::succeed_early(Slot& slot, Slot& other) {
  if (other.worker == nullptr || other.worker->dead) return;
  slot.wanted = false;
  other.wanted = true;
}

/// mutex_ held. The successor in this slot came to nothing: the worker goes on, for a while.
void Engine::keep_predecessor(Slot& slot, Slot& old) {
  slot.restart_at = Clock::now() + std::max(kAfterFailure, back_off(slot.failures));
  if (old.worker != nullptr) old.worker->retirement.clear();
}

/// mutex_ held. Whether a retiring worker is to be told to leave now.
bool Engine::leave(Worker& worker) {
  if (worker.left_at == Clock::time_point()) {
    if (worker.in_hand() != 0) return false;
    worker.left_at = Clock::now();
    return true;
  }
  if (Clock::now() - worker.left_at > kLeavePatience) {
    worker.trouble = "it was retired and did not leave";
    give_up(worker);
  }
  return false;
}

}  // namespace plughost::python::pool
