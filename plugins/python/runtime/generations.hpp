#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/dispatcher.hpp"
#include "runtime/generation.hpp"
#include "runtime/interpreter.hpp"

namespace plughost::python {

namespace loop {
class EventLoop;
}

/// The generations of the users' code that are alive, from the oldest that still has routes to the
/// one that is being bound.
///
/// All share the interpreter, the dispatch threads, the event loop and the settings. While one is
/// bound, proved and started, the others serve; what goes wrong then leaves them as they were. A
/// generation whose last route is unbound runs its on_shutdown, lets its pools work off what they
/// have, and is forgotten.
///
/// Owner:   the plugin instance.
/// Threads: health, call and withdraw on [any], with the GIL or without, so nothing takes the GIL
///          with mutex_ held; everything else on [control], GIL not held.
/// Errors:  as said; BindError for users' mistakes.
/// Limits:  what starts beside generations that serve gets 50 s, or twice what the first start took
///          if that is more; on_shutdown of one that is replaced gets 10 s.
class Generations final {
 public:
  Generations(const ph_host* host, const Settings& settings, Interpreter& interpreter,
              const Dispatcher& dispatcher, loop::EventLoop& event_loop);
  Generations(const Generations&) = delete;
  Generations& operator=(const Generations&) = delete;

  /// The one that routes are bound to now.
  Generation& open();
  /// The route is served from here on if the others of its generation are.
  /// Errors: throws std::exception when what serves it cannot be started.
  void add(std::unique_ptr<ph_route_ctx> route);
  void unbind(ph_route_ctx& route);

  // Around the binds of one table. commit throws std::exception when the new generation cannot
  // start; then it has been undone, and abort follows.
  bool has_open() const { return staged_ != nullptr; }
  void begin();
  void commit();
  void abort();

  // The two halves of the first start. Errors: throw std::exception; start_pools has undone it, and
  // stop_hooks and stop_pools undo the other.
  void start_pools();
  void start_hooks();
  bool drain_pools(std::uint64_t deadline_ns);
  /// The first half of the end: on_shutdown, the newest first.
  void stop_hooks();
  /// The second half, when no handler runs any more.
  void stop_pools();
  /// Everything goes, before the interpreter is finalised.
  void clear();

  std::string health() const;
  /// As Pools::call and Pools::withdraw.
  std::string call(std::uint64_t generation, std::string_view pool,
                   std::unique_ptr<pool::Call> call);
  bool withdraw(std::uint64_t generation, std::string_view pool, std::uint64_t number);
  pool::CallDesk& desk() { return desk_; }

 private:
  using Owned = std::unique_ptr<Generation>;
  static constexpr std::chrono::seconds kShutdownLimit{10};

  Owned make();
  void start(Generation& generation, const Pools* before);
  void start_hooks(Generation& generation);
  void adopt(Owned& generation);
  void retire(Generation& generation);
  void wait_for_tasks(const Generation& generation);
  void reap();
  bool is_quiet(const Generation& generation);
  void free_routes(Generation& generation);
  Owned take(const Generation& generation);
  Generation* find(std::uint64_t number) const;

  const ph_host* const host_;
  const Settings& settings_;
  Interpreter& interpreter_;
  const Dispatcher& dispatcher_;
  loop::EventLoop& loop_;
  pool::CallDesk desk_;
  std::chrono::steady_clock::time_point first_start_;
  std::chrono::milliseconds limit_{0};  // of a start; 0: none
  std::uint64_t last_number_ = 0;
  bool started_ = false;
  std::vector<Owned> retired_;  // until their threads and workers have left

  mutable std::mutex mutex_;
  // Changed on [control] only, with mutex_ held.
  std::vector<Owned> serving_;  // oldest first
  Owned staged_;                // between begin and commit
};

}  // namespace plughost::python
