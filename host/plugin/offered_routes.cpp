#include "plugin/offered_routes.hpp"

#include <cstring>
#include <string>
#include <utility>

#include "plugin/abi_text.hpp"
#include "plugin/diagnose.hpp"
#include "plugin/plugin.hpp"
#include "routing/route_builder.hpp"

namespace plughost::plugin {
namespace {

config::OfferedRoute copy_of(const ph_offered_route& raw) {
  config::OfferedRoute route;
  for (std::size_t i = 0; raw.methods != nullptr && i < raw.n_methods; ++i) {
    route.methods.emplace_back(to_view(raw.methods[i]));
  }
  route.pattern = to_view(raw.pattern);
  route.handler = to_view(raw.handler);
  route.options_json = to_view(raw.options_json);
  route.origin = one_line(to_view(raw.origin));
  return route;
}

Diagnostic mistake_of(const Offers::Offer& offer, const config::Plugin& plugin,
                      const config::Config& config) {
  std::string sentence = "broke a rule of the plugin ABI: next() changed out->size";
  if (offer.kept_size) {
    sentence =
        (offer.error.msg[0] == '\0' ? "next() returned " : "") + explain(offer.status, offer.error);
  }
  sentence = "plugin '" + plugin.name + "': " + sentence;
  if (!offer.route.origin.empty()) return {offer.route.origin, {}, sentence};
  const std::string key(offer.error.key, strnlen(offer.error.key, sizeof offer.error.key));
  return {config.file, find_position(plugin.config_positions, key, plugin.position), sentence};
}

std::string pattern_mistake(std::string_view text) {
  const auto pattern = routing::Pattern::parse(text);
  return pattern ? "" : pattern.error();
}

void read_routes(const Offers& offers, const config::Plugin& plugin, const config::Config& config,
                 std::vector<config::Route>& routes, std::vector<Diagnostic>& mistakes) {
  const std::size_t before = mistakes.size();
  for (const Offers::Offer& offer : offers.all()) {
    if (offer.status != PH_OK || !offer.kept_size) {
      mistakes.push_back(mistake_of(offer, plugin, config));
      continue;
    }
    auto route =
        config::read_offered_route(offer.route, plugin, &pattern_mistake, config, mistakes);
    const bool can_be_bound =
        route && !route->handler.empty() && pattern_mistake(route->pattern).empty();
    if (can_be_bound) routes.push_back(std::move(*route));
  }
  for (std::size_t i = before; i < mistakes.size(); ++i) {
    mistakes[i].message = one_line(mistakes[i].message);  // which quotes the plugin
  }
  if (offers.has_end()) return;
  mistakes.push_back({config.file, plugin.position,
                      "plugin '" + plugin.name + "': declares more than " +
                          std::to_string(Offers::kMost) + " routes; that is beyond the limit"});
}

}  // namespace

ph_status Offers::read(const ph_plugin_api& api, ph_plugin* plugin) {
  const auto* routes = static_cast<const ph_routes_api*>(api.get_extension(plugin, PH_ROUTES_1));
  if (routes == nullptr || !PH_HAS(routes, next) || routes->next == nullptr) return PH_OK;
  for (std::size_t index = 0; index < kMost; ++index) {
    ph_offered_route raw{};
    raw.size = sizeof raw;
    Offer offer;
    offer.error = empty_error();
    offer.status = routes->next(plugin, index, &raw, &offer.error);
    if (offer.status == PH_END) return PH_OK;
    offer.kept_size = raw.size == sizeof raw;
    if (offer.kept_size) offer.route = copy_of(raw);
    all_.push_back(std::move(offer));
  }
  has_end_ = false;
  return PH_OK;
}

std::vector<config::Route> add_offered_routes(const std::vector<Plugin*>& plugins,
                                              const config::Config& config,
                                              std::vector<routing::Route>& routes,
                                              std::vector<Diagnostic>& mistakes) {
  std::vector<config::Route> offered;
  const std::size_t before = mistakes.size();
  for (auto* plugin : plugins) {
    const auto offers = std::make_shared<Offers>();
    if (auto failure = plugin->read_offers(offers)) {
      mistakes.push_back(std::move(*failure));  // offers may still be written
      continue;
    }
    read_routes(*offers, plugin->settings(), config, offered, mistakes);
  }
  for (auto& route : routing::make_routes(config.file, offered)) routes.push_back(std::move(route));
  if (!config.has_routes && routes.empty() && mistakes.size() == before) {
    mistakes.push_back({config.file, {}, config::kNoRoutes});
  }
  if (offered.empty()) return offered;
  try {
    routing::RouteTable(config.file, routes);
  } catch (const StartError& error) {
    mistakes.insert(mistakes.end(), error.diagnostics().begin(), error.diagnostics().end());
  }
  return offered;
}

}  // namespace plughost::plugin
