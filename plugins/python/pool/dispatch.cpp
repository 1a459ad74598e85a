// From the backlog to the executors.
#include <algorithm>
#include <utility>

#include "pool/engine.hpp"

namespace plughost::python::pool {
namespace {

constexpr std::uint64_t kSubmitWorkNs = Backlog::kSubmitWork.count();
// A submit out for longer was no quick one after all: nothing is put behind it.
constexpr std::chrono::milliseconds kQuickAtMost{5};

unsigned reserved_boxes(const Worker& worker) {
  unsigned n = 0;
  for (const Box& box : worker.boxes) n += box.reserved ? 1 : 0;
  return n;
}

bool takes_work(const Worker* worker) {
  return worker != nullptr && worker->ready && !worker->dead;
}

/// Whether a second submit may lie ready behind the first: only if that one is over soon, and
/// brings no definitions, as the second, which relies on them, may be handed over before it.
bool is_over_soon(const Worker& worker, Clock::time_point now) {
  for (const Box& box : worker.boxes) {
    if (!box.reserved) continue;
    if (box.has_news || box.estimate_ns >= kSubmitWorkNs) return false;
    if (box.posted && now - box.posted_at > kQuickAtMost) return false;
  }
  return true;
}

bool has_room(const Worker* worker, Clock::time_point now) {
  if (!takes_work(worker)) return false;
  const unsigned n = reserved_boxes(*worker);
  return n == 0 || (n < Worker::kBoxes && is_over_soon(*worker, now));
}

}  // namespace

std::size_t Engine::open_workers() const {
  const auto now = Clock::now();
  return static_cast<std::size_t>(
      std::count_if(slots_.begin(), slots_.end(),
                    [now](const Slot& slot) { return has_room(slot.worker.get(), now); }));
}

bool Engine::can_place() const {
  const auto now = Clock::now();
  return std::any_of(slots_.begin(), slots_.end(),
                     [now](const Slot& slot) { return has_room(slot.worker.get(), now); });
}

void Engine::feed() {
  const ThreadState python;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (backlog_.empty() || !can_place()) {
      feeder_asleep_ = true;
      feeder_wake_.wait(lock, [this] { return !feeder_asleep_; });
      continue;
    }
    lock.unlock();
    dispatch();
    lock.lock();
  }
}

void Engine::dispatch() {
  std::vector<Parcel> parcels;
  while (auto parcel = reserve()) {
    if (pack(*parcel) && post(*parcel)) parcels.push_back(std::move(*parcel));
  }
  if (!parcels.empty()) hand_over(parcels);
}

/// Takes an idle worker if there is one, else room behind a submit that is over soon.
std::optional<Engine::Parcel> Engine::reserve() {
  const std::lock_guard lock(mutex_);
  if (stopping_ || backlog_.empty()) return std::nullopt;
  const auto now = Clock::now();
  std::shared_ptr<Worker> chosen;
  for (const Slot& slot : slots_) {
    if (!has_room(slot.worker.get(), now)) continue;
    const bool idle = reserved_boxes(*slot.worker) == 0;
    if (chosen == nullptr || idle) chosen = slot.worker;
    if (idle) break;
  }
  if (chosen == nullptr) return std::nullopt;

  Parcel parcel{chosen, 0, backlog_.take(open_workers()), {}};
  while (chosen->boxes[parcel.box].reserved) ++parcel.box;
  Box& box = chosen->boxes[parcel.box];
  box.reserved = true;
  box.posted = false;
  box.outcome = Outcome::kDone;
  box.estimate_ns = 0;
  for (const Task& task : parcel.batch) box.estimate_ns += Backlog::estimate_ns(task);
  parcel.news = targets_.since(chosen->known_targets);
  chosen->known_targets = targets_.size();
  box.has_news = !parcel.news.empty();
  return parcel;
}

/// Writes the batch into the mailbox, without those whose time is up. False: nothing is left.
bool Engine::pack(Parcel& parcel) {
  thread_local RequestWriter writer;
  Batch over;
  const auto split = std::stable_partition(parcel.batch.begin(), parcel.batch.end(),
                                           [this](const Task& task) { return !is_over(task); });
  over.assign(split, parcel.batch.end());
  parcel.batch.erase(split, parcel.batch.end());
  refuse(over, 504, "The request waited for a pool worker longer than its time limit.");

  // A batch that has become empty still travels when it carries definitions.
  writer.reset(parcel.news, static_cast<std::uint32_t>(parcel.batch.size()));
  for (const Task& task : parcel.batch) writer.add(task.target->index, *task.job.head);
  Box& box = parcel.worker->boxes[parcel.box];
  box.request_bytes = writer.bytes().size();
  const bool written = box.mailbox.put_request(writer.bytes());
  writer.release();
  if (written) return true;
  refuse(parcel.batch, 503, "There is no memory for the request.");
  parcel.batch.clear();
  parcel.worker->process->kill();  // it has missed definitions
  return true;
}

/// From here on the batch belongs to the worker's box. False: the worker has died meanwhile.
bool Engine::post(Parcel& parcel) {
  const std::lock_guard lock(mutex_);
  if (parcel.worker->dead) {
    backlog_.push_front(parcel.batch.data(), parcel.batch.size());
    return false;
  }
  Box& box = parcel.worker->boxes[parcel.box];
  box.batch = std::move(parcel.batch);
  box.posted = true;
  box.posted_at = Clock::now();
  return true;
}

void Engine::hand_over(const std::vector<Parcel>& parcels) {
  const Gil gil;
  for (const Parcel& parcel : parcels) {
    Process& process = *parcel.worker->process;
    // The keeper finds the batch in its box, not begun, and queues it again.
    if (!process.submit(parcel.box, parcel.worker->boxes[parcel.box].request_bytes)) process.kill();
  }
}

}  // namespace plughost::python::pool
