#include "pool/measures.hpp"

#include <string>
#include <utility>

namespace plughost::python::pool {
namespace {

enum State : std::size_t { kStarting, kIdle, kBusy, kRetiring };

constexpr const char* kStateNames[] = {"starting", "idle", "busy", "retiring"};
// In the order of RestartCause.
constexpr const char* kCauseNames[] = {"recycled", "deadline", "out_of_memory",
                                       "signal",   "exit",     "start"};

State state_of(const Worker& worker) {
  if (!worker.ready) return kStarting;
  if (worker.retiring) return kRetiring;
  return worker.in_hand() == 0 ? kIdle : kBusy;
}

}  // namespace

RestartCause cause_of(const Worker& worker, const Ending& ending, bool oom) {
  if (worker.has_retired(ending)) return RestartCause::recycled;
  if (worker.overdue) return RestartCause::deadline;
  if (oom) return RestartCause::out_of_memory;
  if (!worker.ready) return RestartCause::start;
  return ending.code.value_or(0) < 0 ? RestartCause::signal : RestartCause::exit;
}

Measures::Measures(const ph_host* host, std::string_view pool) {
  for (std::size_t i = 0; i < kStates; ++i) {
    workers_[i] = Metric(host, {PH_METRIC_GAUGE,
                                "plughost_pool_workers",
                                "Worker processes of a pool by what they do.",
                                {{"pool", pool}, {"state", kStateNames[i]}}});
  }
  for (std::size_t i = 0; i < kCauses; ++i) {
    restarts_[i] = Metric(host, {PH_METRIC_COUNTER,
                                 "plughost_pool_restarts_total",
                                 "Worker processes that ended and were to be replaced, by cause.",
                                 {{"pool", pool}, {"cause", kCauseNames[i]}}});
  }
  const std::string queue = "pool " + std::string(pool);
  depth_ = Metric(host, {PH_METRIC_GAUGE,
                         "plughost_queue_depth",
                         "Requests that wait for a thread or a worker.",
                         {{"plugin", {host->name.ptr, host->name.len}}, {"queue", queue}}});
}

void Measures::show(const std::vector<Slot>& slots, std::size_t waiting) {
  Counts count{};
  for (const Slot& slot : slots) {
    if (slot.worker != nullptr && !slot.worker->dead) ++count[state_of(*slot.worker)];
  }
  show(count, static_cast<std::int64_t>(waiting));
}

void Measures::show(const Counts& workers, std::int64_t waiting) {
  for (std::size_t i = 0; i < kStates; ++i) {
    workers_[i].updater().add(workers[i] - std::exchange(shown_workers_[i], workers[i]));
  }
  depth_.updater().add(waiting - std::exchange(shown_depth_, waiting));
}

void Measures::end() {
  show(Counts{}, 0);
  workers_ = {};
  restarts_ = {};
  depth_ = {};
}

void Measures::count(RestartCause cause) const {
  restarts_[static_cast<std::size_t>(cause)].updater().add(1);
}

}  // namespace plughost::python::pool
