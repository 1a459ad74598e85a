#pragma once

#include <plughost/abi/metrics.h>

#include <mutex>
#include <string>
#include <vector>

#include "metrics/registry.hpp"

namespace plughost::plugin {

/// The series that one plugin instance holds; see plughost/abi/metrics.h.
///
/// Owner:   the instance's HostServices. Threads: [any].
class PluginMetrics final {
 public:
  /// A null registry: nobody can read metrics, and the plugin is told that there are none.
  PluginMetrics(metrics::Registry* registry, const std::string& plugin_name)
      : registry_(registry), plugin_name_(plugin_name) {}
  /// Releases what the plugin still holds.
  ~PluginMetrics();
  PluginMetrics(const PluginMetrics&) = delete;
  PluginMetrics& operator=(const PluginMetrics&) = delete;

  /// What get_extension gives for PH_METRICS_1; null without a registry.
  const ph_metrics_api* api() const noexcept;

  ph_status acquire(const ph_metric_desc* wanted, ph_metric** out, ph_error* error);
  void release(ph_metric* metric) noexcept;

 private:
  metrics::Registry* const registry_;
  const std::string& plugin_name_;
  std::mutex mutex_;
  std::vector<ph_metric*> held_;  // guarded by mutex_; once for each acquire
};

}  // namespace plughost::plugin
