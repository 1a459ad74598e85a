#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "base/error.hpp"
#include "config/config.hpp"
#include "dispatch/responder.hpp"
#include "routing/route_table.hpp"

namespace plughost::plugin {

class Plugin;

/// All plugins of the process: loaded, bound, started, and taken down again in reverse.
///
/// Order: load, bind, start, then requests, then drain, then stop. If one of the first three
/// throws, everything is undone already: nothing stays half started.
///
/// Owner:   App. Route::handler points into it, so it outlives the route table and every request;
///          it is destroyed after the executor's and the I/O threads have ended.
/// Threads: [main].
/// Errors:  StartError (ExitCode::refused) with every mistake of the phase.
/// Limits:  each lifecycle call has Config::plugin_timeout; a plugin that overruns is abandoned and
///          never waited for again. Then only _exit() ends the process safely: see work_abandoned.
class PluginRegistry final {
 public:
  using Clock = std::chrono::steady_clock;

  /// config must outlive the registry. executable_dir: where plugins named without '/' may be.
  PluginRegistry(const config::Config& config, dispatch::Responder& responder,
                 std::filesystem::path executable_dir);
  /// Undoes what is still there.
  ~PluginRegistry();
  PluginRegistry(const PluginRegistry&) = delete;
  PluginRegistry& operator=(const PluginRegistry&) = delete;

  /// Finds, stages, loads and creates every plugin of the file.
  void load();

  /// Gives every route that names a plugin its handler. routes are those of the config, in the same
  /// order.
  void bind(std::vector<routing::Route>& routes);

  /// Starts the plugins in the order of the file.
  void start();

  /// Drains all plugins at once, after the last request was handed out. True: no request, no lent
  /// byte and no thread in a handler is left. False: what is left is
  /// abandoned.
  bool drain(Clock::time_point deadline);

  /// After drain: stop, unbind, destroy, in reverse order of start. Past the deadline nothing more
  /// is begun. False: work is abandoned.
  bool stop(Clock::time_point deadline);

  /// A plugin did not come back from a call in time, or kept requests when the drain ended.
  bool work_abandoned() const { return work_abandoned_; }

 private:
  using Mistakes = std::vector<Diagnostic>;

  void load_one(const config::Plugin& settings, Mistakes& mistakes);
  std::optional<Diagnostic> second_singleton(const Plugin& plugin, SourcePosition position) const;
  void bind_one(const config::Route& settings, routing::Route& route, Mistakes& mistakes);
  void undo();
  void undo_and_throw_if(Mistakes mistakes);

  const config::Config& config_;
  dispatch::Responder& responder_;
  const std::filesystem::path executable_dir_;
  const std::filesystem::path config_dir_;
  std::vector<std::unique_ptr<Plugin>> plugins_;  // in the order of the file
  std::set<std::filesystem::path> staged_folders_;
  bool work_abandoned_ = false;
};

}  // namespace plughost::plugin
