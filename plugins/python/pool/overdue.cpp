// Tasks that run on after their deadline: the host has answered, the worker is lost to others.
#include "pool/engine.hpp"
#include "runtime/clock.hpp"

namespace plughost::python::pool {
namespace {

/// The task that the worker is in; null: it is between two.
const Task* running_task(Box& box) {
  const std::uint32_t mark = box.mailbox.begun();
  // Once revoked, a batch holds only tasks that had begun.
  const std::size_t begun = mark == Mailbox::kRevoked ? box.batch.size() : mark;
  if (!box.posted || begun == 0 || box.mailbox.ended() >= begun) return nullptr;
  return &box.batch[begun - 1];
}

bool is_overdue(const Task* task) {
  if (task == nullptr) return false;
  const std::uint64_t deadline = task->job.head->deadline_ns;
  return deadline != 0 && now_ns() >= deadline + kDeadlineGraceNs;
}

}  // namespace

/// mutex_ held. Kills workers that have not come back in time. Nothing else is lost: what they have
/// not begun is queued again first.
void Engine::end_overdue() {
  for (const Slot& slot : slots_) {
    Worker* const worker = slot.worker.get();
    if (worker == nullptr || worker->dead || worker->useless || worker->in_hand() == 0) continue;
    Box& box = worker->box(worker->gathered);
    if (!is_overdue(running_task(box))) continue;
    take_back(*worker);
    // No further one begins from here on, but this one may have ended meanwhile.
    const Task* const task = running_task(box);
    if (!is_overdue(task)) continue;
    worker->overdue = true;
    worker->trouble =
        "it had not returned from " + in_words(*task) + " a second after the deadline";
    give_up(*worker);
  }
}

}  // namespace plughost::python::pool
