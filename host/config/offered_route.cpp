#include "config/offered_route.hpp"

#include <algorithm>
#include <utility>

#include "base/json_value.hpp"
#include "config/document.hpp"
#include "config/problems.hpp"
#include "config/quote.hpp"
#include "config/sections.hpp"

namespace plughost::config {
namespace {

using Kind = json::Value::Kind;

/// Code has no columns: a node's column is the number of the option that it belongs to, from 1 on.
SourcePosition place_of(std::size_t option) { return {0, static_cast<int>(option)}; }

Node text_node(std::string text, SourcePosition position) {
  Node node;
  node.position = position;
  node.text = std::move(text);
  node.plain = false;
  return node;
}

/// A value as the file would have it. The members of the outermost one are options.
Node to_node(json::Value value, std::size_t option, Problems& problems) {
  Node node = text_node(std::move(value.text), place_of(option));
  node.plain = value.kind != Kind::string;
  if (value.kind == Kind::array) {
    node.kind = NodeKind::list;
    for (json::Value& item : value.items) {
      node.items.push_back(to_node(std::move(item), option, problems));
    }
  } else if (value.kind == Kind::object) {
    node.kind = NodeKind::mapping;
    for (json::Member& member : value.members) {
      if (find(node, member.name) != nullptr) {
        problems.add(place_of(option),
                     "the key " + quote(member.name) + " is there twice; remove one of the two");
        continue;
      }
      const std::size_t of = option > 0 ? option : node.entries.size() + 1;
      node.entries.push_back(
          {text_node(member.name, place_of(of)), to_node(std::move(member.value), of, problems)});
    }
  }
  return node;
}

Node read_options(const std::string& options_json, Problems& problems) {
  Node none;
  none.kind = NodeKind::mapping;
  if (options_json.empty()) return none;
  auto parsed = json::parse(options_json);
  if (parsed && parsed.value().kind == Kind::object) {
    return to_node(std::move(parsed.value()), 0, problems);
  }
  problems.add({}, "broke a rule of the plugin ABI: its options are no JSON object" +
                       (parsed ? "" : ": " + parsed.error()));
  return none;
}

std::string key_of(const OfferedRoute& offered) {
  std::string methods;
  for (const std::string& method : offered.methods) {
    if (&method != &offered.methods.front()) methods += '|';
    methods += method;
  }
  return (offered.methods.empty() ? "ANY" : methods) + ' ' + offered.pattern;
}

}  // namespace

std::optional<Route> read_offered_route(const OfferedRoute& offered, const Plugin& plugin,
                                        const PatternCheck& check, const Config& config,
                                        std::vector<Diagnostic>& mistakes) {
  Problems problems("");
  Entry line{text_node(key_of(offered), {}), read_options(offered.options_json, problems)};
  std::vector<std::string> options;
  for (const Entry& entry : line.value.entries) options.push_back(entry.key.text);
  line.value.entries.insert(
      line.value.entries.begin(),
      {text_node("to", {}), text_node(plugin.name + ' ' + offered.handler, {})});

  Checks checks;
  checks.pattern = check;
  std::vector<Route> routes;
  read_route(line, {true, checks}, config, routes, problems);

  const bool is_placed = !offered.origin.empty();
  const SourcePosition place = is_placed ? SourcePosition{} : plugin.position;
  for (Diagnostic& mistake : problems.take()) {
    const auto option = static_cast<std::size_t>(mistake.position.column);
    std::string message = option > 0 ? "in " + quote(options[option - 1]) + ": " : "";
    mistakes.push_back({is_placed ? offered.origin : config.file, place,
                        "plugin " + quote(plugin.name) + ": " + message + mistake.message});
  }
  if (routes.empty()) return std::nullopt;
  Route& route = routes.front();
  route.origin = offered.origin;
  route.position = route.target_position = place;
  route.options_positions.clear();
  return std::move(route);
}

}  // namespace plughost::config
