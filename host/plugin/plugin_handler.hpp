#pragma once

#include <plughost/abi/plugin.h>

#include <atomic>
#include <string>

#include "dispatch/executor.hpp"
#include "dispatch/handler.hpp"
#include "plugin/host_services.hpp"
#include "plugin/route_to_bind.hpp"

namespace plughost::plugin {

/// One route's way into a plugin.
///
/// Owner:   its Plugin; outlives every request it was given.
/// Threads: as dispatch::Handler says; no lock and, in a steady state, no allocation.
class PluginHandler final : public dispatch::Handler {
 public:
  /// strand is null unless the plugin is serial.
  PluginHandler(HostServices& services, const config::Route& settings, const routing::Route& route,
                dispatch::Strand* strand);

  void handle(dispatch::Request& request) noexcept override;
  bool nonblocking() const noexcept override { return (bound.flags & PH_HF_NONBLOCKING) != 0; }
  bool streams_body() const noexcept override { return (bound.flags & PH_HF_STREAM_BODY) != 0; }
  dispatch::Strand* strand() noexcept override { return strand_; }

  /// What bind() is told; valid as long as the handler, for a bind() that overruns its time.
  const ph_route* route() const { return route_.raw(); }

  /// No request is in flight and no thread is inside the plugin's handle(). Once true it stays
  /// true, if no new request follows. [any]
  bool is_quiet() const noexcept {
    return in_flight() == 0 && threads_inside_.load(std::memory_order_acquire) == 0;
  }

  ph_handler bound{};  ///< what bind() gave; never changed afterwards

 private:
  void refuse(dispatch::Token token, ph_status status, const ph_error& error) noexcept;
  void log(log::Level level, const std::string& text) const noexcept;

  HostServices& services_;
  const RouteToBind route_;
  dispatch::Strand* const strand_;
  std::atomic<std::uint32_t> threads_inside_{0};
};

/// The status of the answer that the host gives for a handle() that returned status.
unsigned http_status_of(ph_status status, const ph_error& error);

}  // namespace plughost::plugin
