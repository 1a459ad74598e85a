#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/json_writer.hpp"
#include "config/keys.hpp"
#include "config/quote.hpp"
#include "config/route_key.hpp"
#include "config/sections.hpp"
#include "config/suggestions.hpp"

namespace plughost::config {
namespace {

/// Route options that the host itself has in a later version, so that no plugin may take them.
constexpr std::string_view kLaterKeys[] = {"compress", "cors", "redirect", "respond", "static"};

/// What the routes of one file have in common.
struct Context {
  const Config& config;
  const RouteChecks& checks;
  Problems& problems;
};

void check_plugin(const Node& node, const std::string& plugin, const Context& context) {
  std::vector<std::string> names;
  for (const Plugin& known : context.config.plugins) names.push_back(known.name);
  if (std::find(names.begin(), names.end(), plugin) != names.end()) return;
  const std::string question = did_you_mean(plugin, names);
  context.problems.add(node.position,
                       "there is no plugin " + quote(plugin) +
                           (question.empty() ? "; add it under 'plugins'" : question));
}

void read_target(const Node& node, const Context& context, Route& route) {
  route.target_position = node.position;
  const std::string* text = scalar_text(node, "a target like 'native hello'", context.problems);
  if (text == nullptr) return;
  const auto [plugin, handler] = split_word(*text);
  route.plugin = plugin;
  route.handler = handler;
  if (handler.empty()) {
    context.problems.add(node.position, quote(*text) +
                                            " names no handler; write 'PLUGIN HANDLER', "
                                            "like 'native hello'");
  } else if (context.checks.plugins_complete) {
    check_plugin(node, route.plugin, context);
  }
}

bool is_later_key(std::string_view key) {
  return std::find(std::begin(kLaterKeys), std::end(kLaterKeys), key) != std::end(kLaterKeys);
}

/// The options that every route may have.
std::vector<Key> common_keys(const Context& context, Route& route) {
  constexpr std::uint64_t kMost = 1'000'000;
  constexpr std::uint64_t kLargest = std::uint64_t{1} << 40;
  return {{"timeout", duration_into(route.timeout, milliseconds(0), context.problems)},
          {"body", size_into(route.body, 0, kLargest, context.problems)},
          {"max_in_flight", count_into(route.max_in_flight, 1, kMost, context.problems)}};
}

/// Splits the options of a route into the host's and the plugin's.
void read_options(const Entry& line, const Context& context, Route& route) {
  Node options;
  options.kind = NodeKind::mapping;
  options.position = line.value.position;
  bool is_answered = false;
  const std::vector<Key> common = common_keys(context, route);
  for (const Entry& entry : line.value.entries) {
    const std::string& name = entry.key.text;
    const auto known = std::find_if(common.begin(), common.end(),
                                    [&](const Key& key) { return key.name == name; });
    if (name == "to") {
      is_answered = true;
      read_target(entry.value, context, route);
    } else if (known != common.end()) {
      known->read(entry.value);
    } else if (is_later_key(name)) {
      is_answered = is_answered || name == "static" || name == "redirect" || name == "respond";
      context.problems.add(entry.key.position, quote(name) +
                                                   " in a route is not supported in this "
                                                   "version; remove it");
    } else {
      options.entries.push_back(entry);
    }
  }
  route.options_json.clear();
  append_json(options, "", route.options_json, route.options_positions, context.problems);
  if (!is_answered) {
    context.problems.add(line.key.position, "the route " + quote(line.key.text) +
                                                " has no 'to'; add one like 'to: native hello'");
  }
}

void read_route(const Entry& line, const Context& context, std::vector<Route>& routes) {
  Route route;
  route.position = line.key.position;
  route.timeout = context.config.timeout;
  route.body = context.config.limits.body;
  route.options_json = "{}";
  route.options_positions[""] = line.value.position;
  const bool is_named = read_route_key(line.key, route, context.problems);
  if (is_named && context.checks.check_pattern) {
    const std::string mistake = context.checks.check_pattern(route.pattern);
    if (!mistake.empty()) context.problems.add(line.key.position, mistake);
  }
  if (line.value.kind == NodeKind::mapping) {
    read_options(line, context, route);
  } else {
    read_target(line.value, context, route);
  }
  if (is_named) routes.push_back(std::move(route));
}

}  // namespace

void read_routes(const Node& routes, const RouteChecks& checks, Config& config,
                 Problems& problems) {
  if (routes.refused || routes.is_null()) return;
  if (routes.kind != NodeKind::mapping) {
    return problems.add(routes.position,
                        "'routes' must be a mapping with lines like 'GET /hello: native hello'");
  }
  const Context context{config, checks, problems};
  for (const Entry& line : routes.entries) read_route(line, context, config.routes);
}

}  // namespace plughost::config
