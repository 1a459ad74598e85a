#include "runtime/generations.hpp"

#include <algorithm>
#include <utility>

#include "loop/event_loop.hpp"
#include "runtime/clock.hpp"
#include "runtime/user_modules.hpp"

namespace plughost::python {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kStartLimit{50'000};

milliseconds since(steady_clock::time_point start) {
  return std::chrono::ceil<milliseconds>(steady_clock::now() - start);
}

}  // namespace

Generations::Generations(const ph_host* host, const Settings& settings, Interpreter& interpreter,
                         const Dispatcher& dispatcher, loop::EventLoop& event_loop)
    : host_(host),
      settings_(settings),
      interpreter_(interpreter),
      dispatcher_(dispatcher),
      loop_(event_loop) {}

/// What is imported from here on is its.
Generations::Owned Generations::make() {
  auto made = std::make_unique<Generation>(host_, settings_, desk_, last_number_ + 1);
  if (last_number_ > 0) {
    const Interpreter::ControlGil gil(interpreter_);
    user_modules::begin(made->number);
  }
  ++last_number_;
  return made;
}

Generation& Generations::open() {
  if (staged_ != nullptr) return *staged_;
  if (serving_.empty()) {
    Owned first = make();
    if (started_) first->pools.start(limit_, nullptr);
    adopt(first);
  }
  return *serving_.back();
}

void Generations::add(std::unique_ptr<ph_route_ctx> route) {
  Generation& generation = *route->generation;
  generation.routes.push_back(std::move(route));
  if (!started_ || &generation == staged_.get()) return;
  try {
    start_hooks(generation);
  } catch (...) {
    const Interpreter::ControlGil gil(interpreter_);
    generation.routes.pop_back();
    throw;
  }
}

void Generations::unbind(ph_route_ctx& route) {
  Generation& generation = *route.generation;
  ++generation.unbound;
  if (!generation.is_unbound()) return;
  retire(generation);
}

void Generations::begin() {
  reap();
  Owned fresh = make();
  const std::lock_guard lock(mutex_);
  staged_ = std::move(fresh);
}

void Generations::commit() {
  if (started_ && staged_->routes.empty()) {
    abort();
    return;
  }
  if (started_) start(*staged_, serving_.empty() ? nullptr : &serving_.back()->pools);
  adopt(staged_);
  const Interpreter::ControlGil gil(interpreter_);
  user_modules::commit();
}

void Generations::abort() {
  Owned given_up;
  {
    const std::lock_guard lock(mutex_);
    given_up = std::move(staged_);
  }
  if (given_up == nullptr) return;
  given_up->pools.stop();
  free_routes(*given_up);
  const Interpreter::ControlGil gil(interpreter_);
  user_modules::drop(given_up->number);
  if (started_) user_modules::collect();
}

void Generations::start_pools() {
  first_start_ = steady_clock::now();
  open().pools.start({}, nullptr);
}

void Generations::start_hooks() {
  start_hooks(open());
  limit_ = std::max(kStartLimit, 2 * since(first_start_));
  started_ = true;
}

/// What goes wrong is undone.
void Generations::start(Generation& generation, const Pools* before) {
  generation.pools.start(limit_, before);
  try {
    start_hooks(generation);
  } catch (...) {
    {
      const Interpreter::ControlGil gil(interpreter_);
      if (generation.hooks.has_started()) generation.hooks.stop(&loop_, kShutdownLimit);
    }
    generation.pools.stop();
    throw;
  }
}

void Generations::start_hooks(Generation& generation) {
  bool hooks_need_loop = false;
  {
    const Interpreter::ControlGil gil(interpreter_);
    hooks_need_loop = generation.hooks.need_loop();
  }
  if ((generation.uses_loop || hooks_need_loop) && !loop_.is_running()) loop_.start();
  const Interpreter::ControlGil gil(interpreter_);
  generation.hooks.start(&loop_, limit_);
}

/// The newest from here on. One that has no routes gets no unbind, so that it goes now.
void Generations::adopt(Owned& generation) {
  Generation* const before = serving_.empty() ? nullptr : serving_.back().get();
  {
    const std::lock_guard lock(mutex_);
    serving_.push_back(std::move(generation));
  }
  if (before != nullptr && before->is_unbound()) retire(*before);
}

Generation* Generations::find(std::uint64_t number) const {
  if (staged_ != nullptr && staged_->number == number) return staged_.get();
  for (const Owned& each : serving_) {
    if (each->number == number) return each.get();
  }
  return nullptr;
}

std::string Generations::call(std::uint64_t generation, std::string_view pool,
                              std::unique_ptr<pool::Call> call) {
  const std::lock_guard lock(mutex_);
  Generation* const caller = find(generation);
  if (caller != nullptr) return caller->pools.call(pool, std::move(call));
  return "This code has been replaced by a reload, and its pools have ended.";
}

bool Generations::withdraw(std::uint64_t generation, std::string_view pool, std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  Generation* const caller = find(generation);
  return caller != nullptr && caller->pools.withdraw(pool, number);
}

/// The older ones matter to none but the requests that they still have.
std::string Generations::health() const {
  const std::lock_guard lock(mutex_);
  return serving_.empty() ? std::string() : serving_.back()->pools.health();
}

}  // namespace plughost::python
