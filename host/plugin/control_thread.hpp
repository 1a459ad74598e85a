#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace plughost::plugin {

using Clock = std::chrono::steady_clock;

/// The one thread on which all [control] calls of a plugin instance are made, in order.
///
/// Owner:   its Plugin. A thread whose call overran is never waited for again, so neither this
///          object nor anything that its job uses may be destroyed then.
/// Threads: post and wait on the thread that owns the plugin.
class ControlThread final {
 public:
  explicit ControlThread(const std::string& plugin_name);
  /// Joins. The thread must be idle.
  ~ControlThread();
  ControlThread(const ControlThread&) = delete;
  ControlThread& operator=(const ControlThread&) = delete;

  /// Starts a call. The thread must be idle.
  void post(std::function<void()> job);

  bool is_idle() const;

  /// False: an overrun.
  bool wait_idle(Clock::time_point deadline) const;

  /// False: job overran and goes on.
  bool run(std::function<void()> job, Clock::time_point deadline);

 private:
  void loop();

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::function<void()> job_;  // guarded by mutex_, as is quit_
  bool quit_ = false;
  std::thread thread_;
};

}  // namespace plughost::plugin
