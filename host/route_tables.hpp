#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "builtin/builtin_handlers.hpp"
#include "config/config.hpp"
#include "dispatch/responder.hpp"
#include "plugin/plugin_registry.hpp"
#include "routing/route_table.hpp"

namespace plughost {

/// Makes route tables with all that answers their routes, and lets go of that when the last request
/// of a table is over.
///
/// Owner:   App. Outlives every request, and is outlived by the registry.
/// Threads: one at a time.
class RouteTables final {
 public:
  RouteTables(dispatch::Responder& responder, plugin::PluginRegistry& plugins)
      : responder_(responder), plugins_(plugins) {}

  /// Loads, binds and starts what the config names beside what serves already. given_up is asked
  /// between the steps; once it says yes the result is null, and nothing more may be made.
  /// Errors: throws StartError; then all is as it was before.
  std::shared_ptr<const routing::RouteTable> make(const config::Config& config,
                                                  const std::function<bool()>& given_up);

  /// Does all of that but the start, and takes it back. Returns how many routes there are.
  /// Errors: throws StartError.
  std::size_t prove(const config::Config& config);

  /// Lets go of the tables before the newest that nobody uses any longer. True: of all of them, and
  /// of all that was theirs.
  bool clean_up();

  /// Those before the newest that requests still use.
  std::size_t old_tables() const { return tables_.empty() ? 0 : tables_.size() - 1; }

 private:
  struct Made {
    std::weak_ptr<const routing::RouteTable> table;
    std::unique_ptr<builtin::BuiltinHandlers> builtin;
    std::uint64_t epoch;
  };

  struct Bound {
    std::vector<routing::Route> routes;
    std::unique_ptr<builtin::BuiltinHandlers> builtin;
    std::uint64_t epoch;
  };

  /// Nothing: given up.
  std::optional<Bound> bind(const config::Config& config, const std::function<bool()>& given_up);

  dispatch::Responder& responder_;
  plugin::PluginRegistry& plugins_;
  std::vector<Made> tables_;  // the newest last
};

}  // namespace plughost
