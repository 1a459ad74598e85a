// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <plughost/abi/abi.h>

#include <plughost/sdk/text.hpp>
#include <string_view>

namespace plughost::sdk {

enum class Level : std::int32_t {
  kDebug = PH_LOG_DEBUG,
  kInfo = PH_LOG_INFO,
  kWarn = PH_LOG_WARN,
  kError = PH_LOG_ERROR,
};

/// What the host offers this plugin instance. A handle: copy it freely.
///
/// Owner:   the host; valid from the plugin's constructor until its destructor has returned, but
///          after stop() no other thread of the plugin may use it.
/// Threads: every member on any thread. In the constructor only log and extension.
class Host final {
 public:
  explicit Host(const ph_host* host) noexcept : host_(host) {}

  /// The plugin's name in routes.yaml.
  std::string_view name() const noexcept { return text(host_->name); }
  std::string_view version() const noexcept { return text(host_->version); }
  /// Unique for each loaded generation of the plugin.
  std::string_view instance_id() const noexcept { return text(host_->instance_id); }

  /// One line of the host's log; token adds the id of that request.
  void log(Level level, std::string_view message, ph_req token = 0) const noexcept {
    host_->log(host_, token, static_cast<std::int32_t>(level), to_abi(message));
  }
  bool log_enabled(Level level) const noexcept {
    return host_->log_enabled(host_, static_cast<std::int32_t>(level)) != 0;
  }

  /// Takes this plugin out of rotation: from now on its routes answer 503.
  void fault(std::string_view why) const noexcept { host_->fault(host_, to_abi(why)); }
  /// The answer to a Plugin::drain that said kLater.
  void drained() const noexcept { host_->drained(host_); }
  /// An optional service by id, such as "ph.metrics/1"; nullptr if this host has none of that name.
  const void* extension(const char* id) const noexcept { return host_->get_extension(host_, id); }

  const ph_http_api& http() const noexcept { return *host_->http; }
  const ph_host* raw() const noexcept { return host_; }

 private:
  const ph_host* host_;
};

}  // namespace plughost::sdk
