// Generations that were replaced, and the end of all.
#include <algorithm>
#include <functional>
#include <thread>
#include <utility>

#include "loop/event_loop.hpp"
#include "runtime/generations.hpp"
#include "runtime/user_modules.hpp"

namespace plughost::python {
namespace {

// What threads that have answered a request usually need to leave its handler.
constexpr std::chrono::milliseconds kLeavePatience{100};
constexpr std::chrono::milliseconds kPoll{1};
constexpr std::chrono::milliseconds kTaskPoll{5};

}  // namespace

/// What an application does behind its answer may still need what on_shutdown takes away.
void Generations::wait_for_tasks(const Generation& generation) {
  const auto deadline = std::chrono::steady_clock::now() + kShutdownLimit;
  while (std::chrono::steady_clock::now() < deadline) {
    {
      const Interpreter::ControlGil gil(interpreter_);
      if (!generation.has_tasks()) return;
    }
    std::this_thread::sleep_for(kTaskPoll);
  }
}

/// Its last request has been answered.
void Generations::retire(Generation& generation) {
  if (started_) wait_for_tasks(generation);
  if (generation.hooks.has_started()) {
    const Interpreter::ControlGil gil(interpreter_);
    generation.hooks.stop(&loop_, kShutdownLimit);
  }
  {
    const Interpreter::ControlGil gil(interpreter_);
    user_modules::drop(generation.number);
  }
  generation.pools.retire();
  retired_.push_back(take(generation));
  reap();
}

Generations::Owned Generations::take(const Generation& generation) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(serving_.begin(), serving_.end(),
                                  [&](const Owned& each) { return each.get() == &generation; });
  Owned taken = std::move(*found);
  serving_.erase(found);
  return taken;
}

/// Whether no thread is on its way out of one of its handlers, and no task still runs one.
bool Generations::is_quiet(const Generation& generation) {
  const auto deadline = std::chrono::steady_clock::now() + kLeavePatience;
  const auto owns = [&](const RouteTarget* target) { return generation.owns(target); };
  while (dispatcher_.may_be_in(owns)) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(kPoll);
  }
  const Interpreter::ControlGil gil(interpreter_);
  return !generation.has_tasks();
}

void Generations::free_routes(Generation& generation) {
  const Interpreter::ControlGil gil(interpreter_);
  generation.routes.clear();
  generation.hooks.clear();
}

/// Frees what was retired, as far as it has come to rest.
void Generations::reap() {
  bool freed = false;
  for (const Owned& each : retired_) {
    if (each->routes.empty() || (started_ && !is_quiet(*each))) continue;
    free_routes(*each);
    freed = true;
  }
  if (freed && started_) {
    const Interpreter::ControlGil gil(interpreter_);
    user_modules::collect();
  }
  const auto is_over = [](const Owned& each) {
    return each->routes.empty() && each->pools.is_over();
  };
  const auto over = std::stable_partition(retired_.begin(), retired_.end(), std::not_fn(is_over));
  std::for_each(over, retired_.end(), [](const Owned& each) { each->pools.stop(); });
  retired_.erase(over, retired_.end());
}

bool Generations::drain_pools(std::uint64_t deadline_ns) {
  bool done = true;
  for (const auto* const list : {&retired_, &serving_}) {
    for (const Owned& each : *list) {
      if (!each->pools.drain(deadline_ns)) done = false;
    }
  }
  return done;
}

void Generations::stop_hooks() {
  abort();
  for (auto each = serving_.rbegin(); each != serving_.rend(); ++each) {
    if (!(*each)->hooks.has_started()) continue;
    const Interpreter::ControlGil gil(interpreter_);
    (*each)->hooks.stop(&loop_, {});
  }
}

void Generations::stop_pools() {
  started_ = false;
  for (const auto* const list : {&retired_, &serving_}) {
    for (const Owned& each : *list) each->pools.stop();
  }
  desk_.close();
}

void Generations::clear() {
  desk_.close();
  for (auto* const list : {&retired_, &serving_}) {
    for (const Owned& each : *list) free_routes(*each);
    list->clear();
  }
}

}  // namespace plughost::python
