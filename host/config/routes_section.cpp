#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/json_writer.hpp"
#include "config/keys.hpp"
#include "config/quote.hpp"
#include "config/route_answers.hpp"
#include "config/route_key.hpp"
#include "config/sections.hpp"
#include "config/suggestions.hpp"

namespace plughost::config {
namespace {

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

/// The options that say what answers; a route has one of them.
std::vector<Key> answer_keys(const Context& context, Route& route) {
  const Checks& others = context.checks.others;
  Problems& problems = context.problems;
  return {
      {"to", [&](const Node& node) { read_target(node, context, route); }},
      {"redirect",
       [&](const Node& node) { read_redirect(node, others.redirect, route, problems); }},
      {"respond", [&](const Node& node) { read_respond(node, others.header, route, problems); }},
      {"static",
       [&](const Node& node) { read_static(node, context.config.directory, route, problems); }}};
}

/// The options that every route may have.
std::vector<Key> common_keys(const Context& context, Route& route) {
  constexpr std::uint64_t kMost = 1'000'000;
  constexpr std::uint64_t kLargest = std::uint64_t{1} << 40;
  return {{"timeout", duration_into(route.timeout, milliseconds(0), context.problems)},
          {"body", size_into(route.body, 0, kLargest, context.problems)},
          {"max_in_flight", count_into(route.max_in_flight, 1, kMost, context.problems)},
          {"cors", [&](const Node& node) { read_cors(node, route.cors, context.problems); }},
          {"compress",
           [&](const Node& node) { read_compress(node, route.codings, context.problems); }}};
}

const Key* find_key(const std::vector<Key>& keys, std::string_view name) {
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; });
  return found == keys.end() ? nullptr : &*found;
}

/// Reads what answers; returns its key, "" if there is none.
std::string read_answer(const Entry& line, const Context& context, Route& route) {
  const std::vector<Key> keys = answer_keys(context, route);
  std::string answer;
  for (const Entry& entry : line.value.entries) {
    const Key* key = find_key(keys, entry.key.text);
    if (key == nullptr) continue;
    if (answer.empty()) {
      answer = entry.key.text;
      route.target_position = entry.value.position;
      key->read(entry.value);
    } else {
      context.problems.add(entry.key.position, "the route " + quote(line.key.text) + " has " +
                                                   quote(answer) + " already; keep one of the two");
    }
  }
  return answer;
}

/// An option that is not the host's: the plugin's, or a mistake where the host answers.
void read_other(const Entry& entry, const std::string& answer, const Context& context, Route& route,
                Node& options) {
  if (answer == "redirect" && entry.key.text == "status") {
    read_redirect_status(entry.value, *route.redirect, context.problems);
  } else if (answer == "redirect" || answer == "respond" || answer == "static") {
    std::vector<std::string> names{"to", "redirect", "respond", "static"};
    if (answer == "redirect") names.emplace_back("status");
    for (const Key& key : common_keys(context, route)) names.emplace_back(key.name);
    const std::string question = did_you_mean(entry.key.text, names);
    context.problems.add(entry.key.position, "unknown key " + quote(entry.key.text) +
                                                 " of a route that the host answers" +
                                                 (question.empty() ? "; remove it" : question));
  } else {
    options.entries.push_back(entry);
  }
}

/// Splits the options of a route into the host's and the plugin's.
void read_options(const Entry& line, const Context& context, Route& route) {
  Node options;
  options.kind = NodeKind::mapping;
  options.position = line.value.position;
  const std::string answer = read_answer(line, context, route);
  const std::vector<Key> answers = answer_keys(context, route);
  const std::vector<Key> common = common_keys(context, route);
  for (const Entry& entry : line.value.entries) {
    const std::string& name = entry.key.text;
    if (find_key(answers, name) != nullptr) continue;
    if (const Key* key = find_key(common, name)) {
      key->read(entry.value);
    } else {
      read_other(entry, answer, context, route, options);
    }
  }
  route.options_json.clear();
  append_json(options, "", route.options_json, route.options_positions, context.problems);
  if (answer.empty()) {
    context.problems.add(line.key.position, "the route " + quote(line.key.text) +
                                                " has no 'to'; add one like 'to: native hello'");
  }
}

}  // namespace

void read_route(const Entry& line, const RouteChecks& checks, const Config& config,
                std::vector<Route>& routes, Problems& problems) {
  const Context context{config, checks, problems};
  Route route;
  route.position = line.key.position;
  route.timeout = context.config.timeout;
  route.body = context.config.limits.body;
  route.cors = context.config.cors;
  route.options_json = "{}";
  route.options_positions[""] = line.value.position;
  const bool is_named = read_route_key(line.key, route, context.problems);
  if (is_named && context.checks.others.pattern) {
    const std::string mistake = context.checks.others.pattern(route.pattern);
    if (!mistake.empty()) context.problems.add(line.key.position, mistake);
  }
  if (line.value.kind == NodeKind::mapping) {
    read_options(line, context, route);
  } else {
    read_target(line.value, context, route);
  }
  if (is_named) routes.push_back(std::move(route));
}

void read_routes(const Node& routes, const RouteChecks& checks, Config& config,
                 Problems& problems) {
  if (routes.refused || routes.is_null()) return;
  if (routes.kind != NodeKind::mapping) {
    return problems.add(routes.position,
                        "'routes' must be a mapping with lines like 'GET /hello: native hello'");
  }
  for (const Entry& line : routes.entries) {
    read_route(line, checks, config, config.routes, problems);
  }
}

}  // namespace plughost::config
