#pragma once

#include <plughost/abi/plugin.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "config/config.hpp"
#include "dispatch/executor.hpp"
#include "plugin/control_thread.hpp"
#include "plugin/health_board.hpp"
#include "plugin/health_probe.hpp"
#include "plugin/host_services.hpp"
#include "plugin/plugin_handler.hpp"
#include "plugin/staging.hpp"

namespace plughost::plugin {

/// Why a step failed; nothing if it did not.
using Failure = std::optional<Diagnostic>;

class Offers;

/// One loaded generation of a plugin, from its file to destroy().
///
/// Every [control] call is made on its control thread, under the time limit of routes.yaml. A call
/// that overruns makes the plugin abandoned: it is never touched again, and keep_for_ever() is the
/// only way to let go of it. Not so one that is about a table of a started plugin: that goes on
/// serving, and only cannot be called again until the call has returned (is_busy). A call that
/// changed a signal handler of the host's counts as failed.
///
/// Order: load, create, table_begin, read_offers, bind..., table_commit, start; then the same of
/// other tables but for start, each with a release() when nobody uses it any longer; then
/// begin_drain, is_drained, end. undo() in any state instead.
///
/// Owner:   PluginRegistry. Threads: one thread makes all calls; handlers as they say.
/// Errors:  a Diagnostic with the place in routes.yaml, as precise as ph_error.key allows.
class Plugin final {
 public:
  struct Surroundings {
    std::string config_file;           ///< as diagnostics name it
    std::filesystem::path config_dir;  ///< absolute
    std::chrono::milliseconds call_limit;
    dispatch::Responder& responder;
    HealthBoard& health;
    metrics::Registry* metrics = nullptr;  ///< null: there are none
  };

  Plugin(config::Plugin settings, const Surroundings& surroundings);
  /// The plugin must be undone, ended or never created.
  ~Plugin();
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  Failure load(const std::filesystem::path& file);
  Failure create();
  /// epoch: above those before.
  Failure table_begin(std::uint64_t epoch);
  /// Asks for the routes that it declares itself: after table_begin, before the binds.
  Failure read_offers(const std::shared_ptr<Offers>& offers);
  /// Sets route.handler; settings are what routes.yaml says of the same route.
  Failure bind(const config::Route& settings, routing::Route& route);
  Failure table_commit(std::uint64_t epoch);
  Failure start();

  /// What a newer file says of the same plugin: the places of its mistakes.
  void renew(config::Plugin settings) { settings_ = std::move(settings); }
  /// Takes a table back, committed or not, that no new request is matched in. False: it is not
  /// possible yet, as handlers are not quiet or the plugin is busy.
  bool release(std::uint64_t epoch);
  bool has_table(std::uint64_t epoch) const;
  bool has_no_table_but(const std::set<std::uint64_t>& epochs) const;
  /// In a call that has overrun its time.
  bool is_busy() const { return !overdue_call_.empty() && !control_.is_idle(); }
  /// Every request that any of its tables was given is over.
  bool is_quiet() const;

  /// Another took its place: how it is does not matter any more.
  void stop_health() { health_->close(); }

  /// deadline for the plugin: CLOCK_MONOTONIC. Returns at once; a busy plugin has to be told again.
  void begin_drain(Clock::time_point deadline);
  /// The drain call has returned, drained() was called if it has to be, every handler is quiet.
  bool is_drained() const;
  /// Never touched again: not drained by the time that nobody waits any more.
  void give_up();
  /// After the drain: stop, unbind of every route, destroy. False: abandoned.
  bool end(Clock::time_point deadline);

  /// Back to nothing, from wherever it stands, each call under the usual limit.
  void undo();

  const std::string& name() const { return settings_.name; }
  const config::Plugin& settings() const { return settings_; }
  bool is_made_of(const std::filesystem::path& file) const { return staged_->is_copy_of(file); }
  const ph_entry* entry() const { return entry_; }
  bool is_singleton() const { return (entry_->flags & PH_PF_SINGLETON) != 0; }
  bool is_abandoned() const { return phase_ == Phase::abandoned; }
  bool is_loaded() const { return entry_ != nullptr && !is_abandoned(); }
  std::uint64_t requests_in_flight() const;

 private:
  enum class Phase { fresh, loaded, created, started, draining, abandoned };

  /// The binds of one route table.
  struct Table {
    std::uint64_t epoch;
    bool is_open = false;  ///< table_begin was called and table_commit was not
    std::vector<std::unique_ptr<PluginHandler>> handlers;  ///< those that bind() accepted
  };

  const ph_plugin_api& api() const { return *entry_->api; }
  Clock::time_point usual_limit() const { return Clock::now() + call_limit_; }
  Failure failure(SourcePosition position, const std::string& sentence) const;

  /// Makes one [control] call. Empty: it returned in time and left the signal handlers alone.
  std::string call(const char* name, Clock::time_point deadline, std::function<void()> job);
  /// As call(), for one that returns a status into status_ and error_. effect: what its success
  /// means, also if it comes too late.
  Failure checked_call(const char* name, SourcePosition position,
                       const config::Positions& positions, std::function<ph_status()> job,
                       std::function<void()> effect);
  bool can_be_called() const { return !is_abandoned() && !is_busy(); }
  /// After an overrun that has come to its end.
  void settle();
  /// As call(), on the way down: a failure is logged. False: it has not returned.
  bool last_call(const char* name, Clock::time_point deadline, std::function<void()> job);
  std::string objection_to(const ph_handler& bound) const;
  bool unbind(Table& table, Clock::time_point deadline);
  bool unbind_all(Clock::time_point deadline);
  bool destroy(Clock::time_point deadline);

  config::Plugin settings_;
  const std::string config_file_;
  const std::chrono::milliseconds call_limit_;
  HostServices services_;
  const std::shared_ptr<HealthProbe> health_;
  dispatch::Strand strand_;
  std::optional<StagedFile> staged_;
  const ph_entry* entry_ = nullptr;
  ph_plugin* instance_ = nullptr;
  std::vector<Table> tables_;                 // the newest last
  std::unique_ptr<PluginHandler> candidate_;  // what bind() is working on
  Phase phase_ = Phase::fresh;
  std::string overdue_call_;  // its name; empty: none
  std::function<void()> overdue_effect_;

  // What the control thread's job writes; read only after the call has returned.
  ph_error error_{};
  ph_status status_ = PH_OK;
  std::string load_error_;

  ControlThread control_;  // last: its thread uses the members above
};

/// Keeps an abandoned plugin, whose threads may still use it, until the process ends.
void keep_for_ever(std::unique_ptr<Plugin> plugin);

}  // namespace plughost::plugin
