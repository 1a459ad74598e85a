#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace plughost::config {

/// A route that a plugin declares itself, in its words.
struct OfferedRoute {
  std::vector<std::string> methods;  ///< empty: ANY
  std::string pattern;
  std::string handler;
  std::string options_json;  ///< the host's options and the plugin's, mixed; empty: none
  std::string origin;        ///< where it is declared, "app.py:12"; empty: unknown
};

/// Reads it as the line `METHODS PATTERN: { to: PLUGIN HANDLER, options… }` of routes.yaml.
///
/// plugin: who declares it; its place in the file stands for an unknown origin.
/// config: for defaults. check: as for load_yaml.
/// Errors: adds to mistakes. Nothing is returned if methods and pattern cannot be read.
std::optional<Route> read_offered_route(const OfferedRoute& offered, const Plugin& plugin,
                                        const PatternCheck& check, const Config& config,
                                        std::vector<Diagnostic>& mistakes);

}  // namespace plughost::config
