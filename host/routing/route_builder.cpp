#include "routing/route_builder.hpp"

#include <utility>

namespace plughost::routing {

std::vector<Route> make_routes(const config::Config& config) {
  std::vector<Route> routes;
  std::vector<Diagnostic> diagnostics;
  for (const config::Route& line : config.routes) {
    Result<Pattern> pattern = Pattern::parse(line.pattern);
    if (!pattern) {
      diagnostics.push_back({config.file, line.position, pattern.error()});
      continue;
    }
    Route& route = routes.emplace_back();
    route.methods = line.methods;
    route.pattern = std::move(pattern.value());
    route.timeout = line.timeout;
    route.body_limit = line.body;
    route.max_in_flight = line.max_in_flight;
    route.plugin = line.plugin;
    route.handler_name = line.handler;
    route.position = line.position;
  }
  if (!diagnostics.empty()) throw StartError(ExitCode::refused, std::move(diagnostics));
  return routes;
}

}  // namespace plughost::routing
