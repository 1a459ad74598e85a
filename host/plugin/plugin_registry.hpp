#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "config/config.hpp"
#include "dispatch/responder.hpp"
#include "metrics/registry.hpp"
#include "plugin/health_board.hpp"
#include "routing/route_table.hpp"

namespace plughost::plugin {

class Plugin;

/// All plugins of the process: loaded, bound, started, renewed, and taken down again in reverse.
///
/// A start is load, begin_table, bind, start; then come requests. A reload is the same again, of a
/// newer Config and while the table before goes on serving: plugins that are still what the file
/// says take part in it as they are, others are loaded beside the old ones. If one of the four
/// throws, what it and those before it did is undone, and what served goes on serving. In the end:
/// drain, stop.
///
/// Owner:   App. Route::handler points into it, so it outlives the route table and every request;
///          it is destroyed after the executor's and the I/O threads have ended.
/// Threads: one at a time.
/// Errors:  StartError (ExitCode::refused) with every mistake of the phase.
/// Limits:  each lifecycle call has Config::plugin_timeout; a plugin that overruns is abandoned and
///          never waited for again. Then only _exit() ends the process safely: see work_abandoned.
class PluginRegistry final {
 public:
  using Clock = std::chrono::steady_clock;

  /// executable_dir: where plugins named without '/' may be. metrics: where plugins' measures go;
  /// null: nowhere.
  PluginRegistry(dispatch::Responder& responder, std::filesystem::path executable_dir,
                 metrics::Registry* metrics = nullptr);
  /// Undoes what is still there.
  ~PluginRegistry();
  PluginRegistry(const PluginRegistry&) = delete;
  PluginRegistry& operator=(const PluginRegistry&) = delete;

  /// Finds, stages, loads and creates every plugin of the file that does not run yet, or not as the
  /// file says.
  void load(const config::Config& config);

  /// Begins the next table. Returns its epoch.
  std::uint64_t begin_table();

  /// Gives every route that names a plugin its handler, and commits the table. routes are those of
  /// the config, in the same order; those that plugins declare themselves are appended.
  void bind(const config::Config& config, std::vector<routing::Route>& routes);

  /// Starts the new plugins in the order of the file. Those that the file names no longer, or
  /// otherwise, go as soon as their tables are released.
  void start();

  /// Takes back what load, begin_table and bind have made since the last start; for one that makes
  /// a table and fails between them.
  void undo();

  /// No request is matched in the table of that epoch any longer, and none that was is unfinished.
  void release(std::uint64_t epoch);

  /// Takes back what was released, as far as handlers have come to their end. True: nothing is
  /// left to be taken back.
  bool clean_up();

  /// Drains all plugins at once, after the last request was handed out. True: no request, no lent
  /// byte and no thread in a handler is left. False: what is left is
  /// abandoned.
  bool drain(Clock::time_point deadline);

  /// After drain: stop, unbind, destroy, in reverse order of start. Past the deadline nothing more
  /// is begun. False: work is abandoned.
  bool stop(Clock::time_point deadline);

  /// What is wrong with plugins that have routes; see HealthBoard. [any]
  std::vector<std::string> ailments() { return health_.ailments(); }

  /// A plugin did not come back from a call in time, or kept requests when the drain ended.
  bool work_abandoned() const { return work_abandoned_; }

 private:
  using Mistakes = std::vector<Diagnostic>;

  void load_one(const config::Config& config, const config::Plugin& settings, Mistakes& mistakes);
  Plugin* find_current(const std::string& name) const;
  bool is_current(const Plugin& plugin) const;
  std::optional<Diagnostic> second_singleton(const Plugin& plugin, const std::string& file) const;
  void bind_one(const config::Config& config, const config::Route& settings, routing::Route& route,
                Mistakes& mistakes);
  void take_down(Plugin& plugin);
  void undo_and_throw_if(Mistakes mistakes);

  dispatch::Responder& responder_;
  const std::filesystem::path executable_dir_;
  metrics::Registry* const metrics_;
  HealthBoard health_;
  std::vector<std::unique_ptr<Plugin>> plugins_;  // all that live, in the order of their start
  std::vector<Plugin*> current_;                  // those that serve, in the order of the file
  std::vector<Plugin*> next_;                     // those of the table that is being made
  std::uint64_t epoch_ = 0;                       // of the table made last
  bool is_making_ = false;
  std::set<std::uint64_t> released_;
  std::set<std::filesystem::path> staged_folders_;
  std::set<std::string> singletons_;  // ids of those that there have been
  bool work_abandoned_ = false;
};

}  // namespace plughost::plugin
