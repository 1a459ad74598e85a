#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "routing/route_table.hpp"

namespace plughost::routing {

/// The routes of a configuration with their patterns parsed, in its order; handlers still null.
///
/// Errors: throws StartError (ExitCode::refused) with every pattern that cannot be parsed.
std::vector<Route> make_routes(const config::Config& config);
std::vector<Route> make_routes(const std::string& file, const std::vector<config::Route>& lines);

}  // namespace plughost::routing
