#pragma once

#include <plughost/abi/plugin.h>

#include <atomic>
#include <string>

#include "plugin/host_services.hpp"

namespace plughost::plugin {

/// Asks one plugin instance how it is, while it is started and has routes.
///
/// Owner:   its Plugin, and HealthBoard for a moment. Threads: [any].
class HealthProbe final {
 public:
  /// services must live until the probe is_quiet() after close().
  explicit HealthProbe(const HostServices& services) : services_(services) {}
  HealthProbe(const HealthProbe&) = delete;
  HealthProbe& operator=(const HealthProbe&) = delete;

  /// The plugin is started.
  void open(const ph_plugin_api& api, ph_plugin* instance);
  /// The plugin is not asked from now on; one who asks may still be inside.
  void close() { is_open_.store(false); }
  bool is_quiet() const { return askers_.load() == 0; }

  void add_route() { routes_.fetch_add(1); }
  void remove_routes(std::size_t count) { routes_.fetch_sub(count); }

  /// A sentence that names the plugin; empty: it is well, or nobody depends on it.
  std::string ailment();

 private:
  std::string ask() const;

  const HostServices& services_;
  ph_status (*health_)(ph_plugin*, ph_error*) PH_NOEXCEPT = nullptr;  // written before is_open_
  ph_plugin* instance_ = nullptr;                                     // likewise
  std::atomic<std::size_t> routes_{0};
  std::atomic<unsigned> askers_{0};
  std::atomic<bool> is_open_{false};
};

}  // namespace plughost::plugin
