// Tasks that were given to a worker and wait there behind a slow one.
#include <algorithm>

#include "pool/engine.hpp"

namespace plughost::python::pool {
namespace {

// A batch should be over by now: what of it has not begun may run elsewhere.
constexpr std::chrono::milliseconds kOverdue{10};

}  // namespace

/// mutex_ held. Whether one worker has nothing to do while another has not begun all it was given.
bool Engine::someone_could_help() const {
  bool idle = false;
  bool behind = false;
  for (const Slot& slot : slots_) {
    Worker* const worker = slot.worker.get();
    if (worker == nullptr || worker->dead) continue;
    idle = idle || worker->is_idle();
    for (const Box& box : worker->boxes) behind = behind || has_not_begun_all(box);
  }
  return idle && behind;
}

/// mutex_ held. Takes back what lies behind a task that was the same at the last look.
void Engine::look() {
  const auto now = Clock::now();
  if (now - last_look_ < kLookPeriod) return;
  last_look_ = now;
  for (const Slot& slot : slots_) {
    Worker* const worker = slot.worker.get();
    if (worker == nullptr || worker->dead || worker->in_hand() == 0) continue;
    Box& oldest = worker->box(worker->gathered);
    const std::uint32_t begun = oldest.mailbox.begun();
    // A worker that has begun nothing may be waiting for a core: so would the other.
    if (begun != 0 && begun == oldest.begun_before) take_back(*worker);
    oldest.begun_before = begun;
  }
}

/// mutex_ held. Queues again what is in a batch that should be over, if it could begin elsewhere or
/// its time is up.
void Engine::take_back_late(Worker& worker) {
  const bool idle = std::any_of(slots_.begin(), slots_.end(), [](const Slot& slot) {
    return slot.worker != nullptr && slot.worker->is_idle();
  });
  const auto now = Clock::now();
  for (std::uint32_t number = worker.reserved; number-- != worker.gathered;) {
    Box& box = worker.box(number);
    if (!has_not_begun_all(box) || now - box.posted_at < kOverdue) continue;
    const auto behind = box.batch.begin() + box.mailbox.begun();
    const auto is_late = [this](const Task& task) { return is_over(task); };
    if (idle || std::any_of(behind, box.batch.end(), is_late)) take_back(box);
  }
}

/// mutex_ held. Queues again all that the worker has not begun, in its order.
void Engine::take_back(Worker& worker) {
  for (std::uint32_t number = worker.reserved; number-- != worker.gathered;) {
    take_back(worker.box(number));
  }
}

void Engine::take_back(Box& box) {
  if (!has_not_begun_all(box)) return;
  const std::uint32_t begun = box.mailbox.revoke();
  backlog_.push_front(box.batch.data() + begun, box.batch.size() - begun);
  box.batch.resize(begun);
}

}  // namespace plughost::python::pool
