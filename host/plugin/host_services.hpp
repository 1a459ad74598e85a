#pragma once

#include <plughost/abi/host.h>

#include <atomic>
#include <string>

#include "base/log.hpp"
#include "dispatch/responder.hpp"
#include "plugin/metrics_services.hpp"

namespace plughost::plugin {

/// What one plugin instance sees of the host: its ph_host.
///
/// Owner:   its Plugin; lives until destroy() has returned, or for ever if the plugin is abandoned.
/// Threads: the table's functions as their tags say; every member here on [any].
class HostServices final {
 public:
  /// config_dir: the absolute folder of routes.yaml. A null registry: see PluginMetrics.
  HostServices(std::string plugin_name, std::string config_dir, dispatch::Responder& responder,
               metrics::Registry* registry = nullptr);
  HostServices(const HostServices&) = delete;
  HostServices& operator=(const HostServices&) = delete;

  const ph_host* table() const noexcept { return &table_; }
  static HostServices& of(const ph_host* host) noexcept {
    return *static_cast<HostServices*>(host->impl);
  }

  dispatch::Responder& responder() const noexcept { return responder_; }
  const std::string& plugin_name() const noexcept { return plugin_name_; }
  PluginMetrics& metrics() noexcept { return metrics_; }

  /// After fault(): the plugin's routes answer 503.
  bool is_quarantined() const noexcept { return quarantined_.load(std::memory_order_acquire); }
  /// Before drain(): what was said earlier does not count.
  void expect_drained() noexcept { drained_.store(false, std::memory_order_release); }
  /// The plugin called drained().
  bool is_drained() const noexcept { return drained_.load(std::memory_order_acquire); }

  /// One line of the log that names the plugin and, if the token is alive, the request.
  void log(log::Level level, dispatch::Token token, std::string_view text) const;

 private:
  static void log_line(const ph_host* host, ph_req token, int32_t level, ph_str text) noexcept;
  static uint32_t log_enabled(const ph_host* host, int32_t level) noexcept;
  static const void* get_extension(const ph_host* host, const char* id) noexcept;
  static void drained(const ph_host* host) noexcept;
  static void fault(const ph_host* host, ph_str why) noexcept;

  const std::string plugin_name_;
  const std::string config_dir_;
  const std::string instance_id_;
  dispatch::Responder& responder_;
  PluginMetrics metrics_;
  const ph_str config_dir_view_;
  ph_host table_{};
  std::atomic<bool> quarantined_{false};
  std::atomic<bool> drained_{false};
};

}  // namespace plughost::plugin
