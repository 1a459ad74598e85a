#include "routing/route_builder.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "http/compression.hpp"
#include "http/content_encoder.hpp"
#include "http/cors.hpp"

namespace plughost::routing {
namespace {

/// Routes share a policy as they share what it is made from.
class Policies final {
 public:
  std::shared_ptr<const http::CorsPolicy> of(const std::shared_ptr<const config::Cors>& cors) {
    if (cors == nullptr) return nullptr;
    auto& policy = made_[cors.get()];
    if (policy == nullptr) policy = make(*cors);
    return policy;
  }

 private:
  static std::shared_ptr<const http::CorsPolicy> make(const config::Cors& cors) {
    auto policy = std::make_shared<http::CorsPolicy>();
    policy->origins = cors.origins;
    policy->methods = cors.methods;
    policy->headers = cors.headers;
    policy->expose = cors.expose;
    policy->credentials = cors.credentials;
    policy->max_age = cors.max_age;
    return policy;
  }

  std::map<const config::Cors*, std::shared_ptr<const http::CorsPolicy>> made_;
};

std::shared_ptr<const http::CompressionPolicy> make_compression(
    const std::vector<std::string>& names) {
  if (names.empty()) return nullptr;
  auto policy = std::make_shared<http::CompressionPolicy>();
  const auto known = http::content_codings();
  for (const std::string& name : names) {
    const auto coding = std::find(known.begin(), known.end(), name);
    if (coding != known.end()) policy->codings.push_back(*coding);
  }
  return policy;
}

}  // namespace

std::vector<Route> make_routes(const config::Config& config) {
  return make_routes(config.file, config.routes);
}

std::vector<Route> make_routes(const std::string& file, const std::vector<config::Route>& lines) {
  std::vector<Route> routes;
  std::vector<Diagnostic> diagnostics;
  Policies policies;
  for (const config::Route& line : lines) {
    Result<Pattern> pattern = Pattern::parse(line.pattern);
    if (!pattern) {
      diagnostics.push_back(
          {line.origin.empty() ? file : line.origin, line.position, pattern.error()});
      continue;
    }
    Route& route = routes.emplace_back();
    route.methods = line.methods;
    route.pattern = std::move(pattern.value());
    route.timeout = line.timeout;
    route.body_limit = line.body;
    route.max_in_flight = line.max_in_flight;
    route.cors = policies.of(line.cors);
    route.compression = make_compression(line.codings);
    route.plugin = line.plugin;
    route.handler_name = line.handler;
    route.position = line.position;
    route.origin = line.origin;
  }
  if (!diagnostics.empty()) throw StartError(ExitCode::refused, std::move(diagnostics));
  return routes;
}

}  // namespace plughost::routing
