#pragma once

#include <plughost/abi/plugin.h>

#include <string>
#include <vector>

#include "config/config.hpp"
#include "routing/route_table.hpp"

namespace plughost::plugin {

/// What a plugin is told of one route when it is bound, with all the memory it points to.
///
/// Owner:   PluginHandler. Threads: never changed; read by the plugin's control thread.
class RouteToBind final {
 public:
  /// settings are what routes.yaml says of the same route.
  RouteToBind(const config::Route& settings, const routing::Route& route);
  RouteToBind(const RouteToBind&) = delete;
  RouteToBind& operator=(const RouteToBind&) = delete;

  const ph_route* raw() const { return &raw_; }
  const std::string& handler() const { return handler_; }
  const std::string& pattern() const { return pattern_.text(); }

 private:
  const std::string handler_;
  const std::string options_json_;
  const routing::Pattern pattern_;
  const std::vector<std::string> methods_;
  const std::vector<ph_str> param_views_;
  const std::vector<ph_str> method_views_;
  ph_route raw_{};
};

}  // namespace plughost::plugin
