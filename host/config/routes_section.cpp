#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/json_writer.hpp"
#include "config/keys.hpp"
#include "config/methods.hpp"
#include "config/quote.hpp"
#include "config/sections.hpp"
#include "config/suggestions.hpp"

namespace plughost::config {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
/// Route options that the host itself has in a later version, so that no plugin may take them.
constexpr std::string_view kLaterKeys[] = {"body",     "compress", "cors",  "max_in_flight",
                                           "redirect", "respond",  "static"};

/// "a  b c" → "a" and "b c".
std::pair<std::string_view, std::string_view> split_word(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  const std::size_t end = std::min(text.find_first_of(kBlanks), text.size());
  std::string_view rest = text.substr(end);
  rest.remove_prefix(std::min(rest.find_first_not_of(kBlanks), rest.size()));
  rest.remove_suffix(rest.size() - (rest.find_last_not_of(kBlanks) + 1));
  return {text.substr(0, end), rest};
}

/// Empty if the word is a method, else what is wrong with it.
std::string method_mistake(std::string_view word) {
  const auto methods = registered_methods();
  if (word.empty()) return "a method is missing beside '|'; write methods like 'GET|POST'";
  if (std::binary_search(methods.begin(), methods.end(), word)) return "";
  if (word == "CONNECT") return "CONNECT has no path that a route could match; remove it";
  std::vector<std::string_view> words(methods.begin(), methods.end());
  words.push_back("ANY");
  return quote(word) + " is not a registered HTTP method; ANY takes every method" +
         did_you_mean(word, words);
}

/// Returns whether they are fine.
bool read_methods(std::string_view text, const Node& key, Route& route, Problems& problems) {
  if (text == "ANY") return true;
  bool fine = true;
  for (;;) {
    const std::size_t bar = std::min(text.find('|'), text.size());
    const std::string method(text.substr(0, bar));
    std::string mistake;
    if (method == "ANY") {
      mistake = "ANY takes every method; write it alone";
    } else if (std::find(route.methods.begin(), route.methods.end(), method) !=
               route.methods.end()) {
      mistake = "the method " + method + " is there twice; remove one of the two";
    } else {
      mistake = method_mistake(method);
    }
    if (mistake.empty()) {
      route.methods.push_back(method);
    } else {
      problems.add(key.position, mistake);
      fine = false;
    }
    if (bar == text.size()) return fine;
    text.remove_prefix(bar + 1);
  }
}

std::string pattern_mistake(std::string_view methods, std::string_view pattern) {
  if (pattern.empty()) {
    if (methods.find('/') == std::string_view::npos) {
      return quote(methods) + " has no path; write a route like 'GET /hello: native hello'";
    }
    return quote(methods) + " has no method; write it before the path, like 'GET " +
           std::string(methods) + "'";
  }
  if (pattern.find_first_of(kBlanks) != std::string_view::npos) {
    return "the path " + quote(pattern) +
           " holds a blank; write '%20' for it, and '|' between methods";
  }
  if (pattern.find('/') != std::string_view::npos) return "";
  return "the path " + quote(pattern) + " must start with '/'";
}

bool read_key(const Node& key, Route& route, Problems& problems) {
  const auto [methods, pattern] = split_word(key.text);
  if (const std::string mistake = pattern_mistake(methods, pattern); !mistake.empty()) {
    problems.add(key.position, mistake);
    return false;
  }
  route.pattern = pattern;
  return read_methods(methods, key, route, problems);
}

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

/// Splits the options of a route into the host's and the plugin's.
void read_options(const Entry& line, const Context& context, Route& route) {
  Node options;
  options.kind = NodeKind::mapping;
  options.position = line.value.position;
  bool is_answered = false;
  for (const Entry& entry : line.value.entries) {
    const std::string& name = entry.key.text;
    if (name == "to") {
      is_answered = true;
      read_target(entry.value, context, route);
    } else if (name == "timeout") {
      duration_into(route.timeout, milliseconds(0), context.problems)(entry.value);
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
  route.options_json = "{}";
  route.options_positions[""] = line.value.position;
  const bool is_named = read_key(line.key, route, context.problems);
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
