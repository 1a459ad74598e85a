#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "metrics/snapshot.hpp"

namespace plughost {

/// The server of the admin address: a front end of its own, with its own I/O thread, requests and
/// limits, so that nothing that keeps the rest busy delays it. It speaks plain HTTP.
///
/// It answers from the constructor to the destructor; readiness is "starting" until set_serving().
///
/// Owner:   App; outlived by what the sources look at.
/// Threads: members on one thread at a time; the sources are called on threads of its own.
/// Errors:  the constructor throws StartError (ExitCode::cannot_listen).
class AdminServer final {
 public:
  /// Enough for some monitoring systems, few enough to be forgotten.
  static constexpr std::size_t kConnections = 64;

  struct Sources {
    std::function<std::vector<std::string>()> ailments;  ///< see admin::Readiness
    std::function<metrics::Families()> metrics;
  };

  /// Without config.admin there is nothing, and every member does nothing.
  AdminServer(const config::Config& config, Sources sources);
  ~AdminServer();
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  void set_serving();
  void set_stopping();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;  // null: no admin address
};

}  // namespace plughost
