#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "routing/route_table.hpp"

/// Route tables written down as lines, for tests.
namespace plughost::routing::testing {

/// "GET|POST /users/{id}"; the line number is its position, the pattern's text its handler.
inline Route make_route(const std::string& line, int number) {
  const std::size_t blank = line.find(' ');
  Route route;
  for (std::string_view methods(line.data(), blank); methods != "ANY";) {
    const std::size_t bar = methods.find('|');
    route.methods.emplace_back(methods.substr(0, bar));
    if (bar == std::string_view::npos) break;
    methods.remove_prefix(bar + 1);
  }
  route.pattern = Pattern::parse(line.substr(blank + 1)).value();
  route.plugin = "native";
  route.handler_name = line;
  route.position = {number, 3};
  return route;
}

inline std::vector<Route> make_route_list(const std::vector<std::string>& lines) {
  std::vector<Route> routes;
  for (const std::string& line : lines) {
    routes.push_back(make_route(line, static_cast<int>(routes.size()) + 1));
  }
  return routes;
}

/// "GET /users/{id} 42", "405 GET, HEAD, OPTIONS", "204 GET, HEAD, OPTIONS", "404", "501".
inline std::string answer(const RouteTable& table, std::string_view method, std::string_view path,
                          std::string_view host = "localhost:8000") {
  Match match;
  table.match(method, host, path, match);
  switch (match.kind) {
    case MatchKind::found: {
      std::string text = match.route->handler_name;
      for (const std::string& value : match.params) text += " [" + value + "]";
      return text;
    }
    case MatchKind::preflight:
      return "preflight";
    case MatchKind::options:
      return "204 " + match.allow;
    case MatchKind::method_not_allowed:
      return "405 " + match.allow;
    case MatchKind::not_found:
      return "404";
    case MatchKind::not_implemented:
      return "501";
  }
  return "";
}

}  // namespace plughost::routing::testing
