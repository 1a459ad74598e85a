// The feeder thread: from the backlog into the workers' boxes.
#include <pthread.h>

#include <algorithm>
#include <utility>

#include "pool/engine.hpp"

namespace plughost::python::pool {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kBatchWorkNs = Backlog::kBatchWork.count();
// A batch out for longer was no quick one after all: nothing is put behind it.
constexpr milliseconds kQuickAtMost{5};

/// Whether a second batch may lie ready behind the first: only if that one is over soon.
bool is_over_soon(Worker& worker, Clock::time_point now) {
  const Box& box = worker.box(worker.gathered);
  if (box.estimate_ns >= kBatchWorkNs) return false;
  return !box.posted || now - box.posted_at <= kQuickAtMost;
}

bool has_room(Worker* worker, Clock::time_point now) {
  if (worker == nullptr || !worker->takes_work()) return false;
  const std::uint32_t n = worker->in_hand();
  return n == 0 || (n < Worker::kBoxes && is_over_soon(*worker, now));
}

}  // namespace

/// mutex_ held.
std::size_t Engine::open_workers() const {
  const auto now = Clock::now();
  return static_cast<std::size_t>(
      std::count_if(slots_.begin(), slots_.end(),
                    [now](const Slot& slot) { return has_room(slot.worker.get(), now); }));
}

void Engine::feed() {
  pthread_setname_np(pthread_self(), "pool-feeder");
  std::vector<Harvest> harvest;
  do {
    gather(harvest);
    // Before the clients hear: what they wait for is done, what the workers wait for is not.
    while (auto parcel = reserve()) {
      if (pack(*parcel)) post(*parcel);
    }
    for (Harvest& done : harvest) settle_done(done);
    harvest.clear();
  } while (rest());
}

/// Sleeps until there is something to do. False: the pool stops.
bool Engine::rest() {
  std::chrono::nanoseconds limit = Doorbell::kForever;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    if (someone_could_help()) {
      look();
      limit = kLookPeriod;
    }
    const bool has_room = open_workers() > 0;
    if (has_room && !backlog_.empty()) return true;
    hungry_ = has_room;
  }
  bell().wait(limit);
  return true;
}

/// Takes an idle worker if there is one, else room behind a batch that is over soon.
std::optional<Engine::Parcel> Engine::reserve() {
  const std::lock_guard lock(mutex_);
  if (stopping_ || backlog_.empty()) return std::nullopt;
  const auto now = Clock::now();
  std::shared_ptr<Worker> chosen;
  for (const Slot& slot : slots_) {
    if (!has_room(slot.worker.get(), now)) continue;
    const bool idle = slot.worker->is_idle();
    if (chosen == nullptr || idle) chosen = slot.worker;
    if (idle) break;
  }
  if (chosen == nullptr) return std::nullopt;

  Parcel parcel{chosen, nullptr, backlog_.take(open_workers()), {}};
  parcel.box = &chosen->box(chosen->reserved++);
  parcel.box->estimate_ns = 0;
  for (const Task& task : parcel.batch) parcel.box->estimate_ns += Backlog::estimate_ns(task);
  parcel.news = targets_.since(chosen->known_targets);
  chosen->known_targets = targets_.size();
  return parcel;
}

/// Writes the batch into the mailbox, without those whose time is up. A batch that has become empty
/// still travels, as it may bring definitions. False: the worker is given up.
bool Engine::pack(Parcel& parcel) {
  Batch over;
  const auto split = std::stable_partition(parcel.batch.begin(), parcel.batch.end(),
                                           [this](const Task& task) { return !is_over(task); });
  over.assign(split, parcel.batch.end());
  parcel.batch.erase(split, parcel.batch.end());
  refuse(over, 504, "The request waited for a pool worker longer than its time limit.");

  writer_.reset(parcel.news, static_cast<std::uint32_t>(parcel.batch.size()));
  for (const Task& task : parcel.batch) writer_.add(task.target->index, *task.job.head);
  const bool written = parcel.box->mailbox.put_request(writer_.bytes());
  writer_.release();
  if (written) return true;
  refuse(parcel.batch, 503, "There is no memory for the request.");
  const std::lock_guard lock(mutex_);
  give_up(*parcel.worker);  // it has missed definitions
  return false;
}

/// From here on the batch belongs to the worker's box.
void Engine::post(Parcel& parcel) {
  const std::lock_guard lock(mutex_);
  if (parcel.worker->dead || parcel.worker->useless) {
    backlog_.push_front(parcel.batch.data(), parcel.batch.size());
    return;
  }
  Box& box = *parcel.box;
  box.batch = std::move(parcel.batch);
  box.posted = true;
  box.posted_at = Clock::now();
  box.begun_before = 0;
  parcel.worker->session.post();
}

}  // namespace plughost::python::pool
