// A pool that is replaced: it works off what it has, then its workers leave, as recycled ones do.
#include <algorithm>

#include "pool/engine.hpp"

namespace plughost::python::pool {

void Engine::retire() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = retiring_ = true;
  }
  wake_keeper();
}

bool Engine::is_over() const {
  const std::lock_guard lock(mutex_);
  return pending_ == 0 && std::all_of(slots_.begin(), slots_.end(),
                                      [](const Slot& slot) { return slot.worker == nullptr; });
}

/// mutex_ held.
void Engine::retire_workers() {
  if (!retiring_) return;
  if (!backlog_.empty()) {
    // Of a worker that died. Somebody has to do it.
    const auto wanted = [](const Slot& slot) { return slot.wanted; };
    if (std::none_of(slots_.begin(), slots_.end(), wanted)) slots_.front().wanted = true;
    return;
  }
  for (Slot& slot : slots_) {
    slot.wanted = false;
    Worker* const worker = slot.worker.get();
    if (worker == nullptr || worker->dead || worker->retiring) continue;
    worker->retiring = true;
    worker->retirement = "it was replaced";
    if (worker->ready) continue;
    worker->trouble = worker->retirement;
    give_up(*worker);
  }
}

}  // namespace plughost::python::pool
