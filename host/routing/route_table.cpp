#include "routing/route_table.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "config/methods.hpp"
#include "config/quote.hpp"
#include "routing/host_table.hpp"
#include "routing/percent.hpp"

namespace plughost::routing {
namespace {

void join(const MethodSet& methods, std::string& out) {
  for (const std::string_view method : methods) {
    if (!out.empty()) out += ", ";
    out += method;
  }
}

std::string name_of(const Route& route) {
  std::string name;
  for (const std::string& method : route.methods) {
    if (!name.empty()) name += '|';
    name += method;
  }
  return config::quote((name.empty() ? "ANY" : name) + ' ' + route.pattern.text());
}

/// Where a route of code or of that file stands.
std::string place_of(const std::string& file, const Route& route) {
  if (!route.origin.empty()) return route.origin;
  return file + ':' + std::to_string(route.position.line) + ':' +
         std::to_string(route.position.column);
}

/// Cuts the values of the pattern's parameters out of a path that it matches.
void take_parameters(const Pattern& pattern, std::string_view path,
                     std::vector<std::string>& values) {
  if (pattern.parameters().empty()) return;
  for (const Segment& segment : pattern.segments()) {
    if (!path.empty()) path.remove_prefix(1);
    const std::size_t end =
        segment.kind == SegmentKind::rest ? path.size() : std::min(path.find('/'), path.size());
    if (segment.kind != SegmentKind::literal) {
      append_percent_decoded(values.emplace_back(), path.substr(0, end));
    }
    path.remove_prefix(end);
  }
}

}  // namespace

void Match::clear() {
  kind = MatchKind::not_found;
  route = nullptr;
  allow.clear();
  params.clear();
}

class RouteTable::Impl final {
 public:
  Impl(const std::string& file, std::vector<Route> routes) : routes_(std::move(routes)) {
    std::vector<Diagnostic> diagnostics;
    for (const Route& route : routes_) add(file, route, diagnostics);
    if (!diagnostics.empty()) throw StartError(ExitCode::refused, std::move(diagnostics));
  }

  void match(std::string_view method, std::string_view host, std::string_view raw_path,
             Match& result) const {
    if (raw_path == "*") return match_asterisk(method, host, result);
    const Route* route = find(method, host, raw_path);
    if (route == nullptr) return explain(method, host, raw_path, result);
    result.kind = MatchKind::found;
    result.route = route;
    take_parameters(route->pattern, raw_path, result.params);
  }

  const Route* find(std::string_view method, std::string_view host,
                    std::string_view raw_path) const {
    const Route* found = nullptr;
    hosts_.visit(host, [&](const PathTable& table) {
      found = table.find(method, raw_path);
      return found != nullptr;
    });
    return found;
  }

  const std::vector<Route>& routes() const { return routes_; }

 private:
  void add(const std::string& file, const Route& route, std::vector<Diagnostic>& diagnostics) {
    for (const auto& [earlier, methods] : hosts_.add(route.pattern.host()).add(route)) {
      diagnostics.push_back(ambiguous(file, route, *earlier, methods));
    }
  }

  static Diagnostic ambiguous(const std::string& file, const Route& route, const Route& earlier,
                              const std::string& methods) {
    const bool in_file = route.origin.empty() && earlier.origin.empty();
    return {route.origin.empty() ? file : route.origin, route.position,
            "the route " + name_of(route) + " is ambiguous: " + name_of(earlier) +
                (in_file ? " in line " + std::to_string(earlier.position.line)
                         : " of " + place_of(file, earlier)) +
                " takes " + methods + " on the same paths; remove one of the two"};
  }

  /// For a request that no route takes.
  void explain(std::string_view method, std::string_view host, std::string_view raw_path,
               Match& result) const {
    if (!is_registered_method(method)) {
      result.kind = MatchKind::not_implemented;
      return;
    }
    MethodSet methods;
    hosts_.visit(host, [&](const PathTable& table) {
      table.add_allowed(raw_path, methods);
      return false;
    });
    if (methods.empty()) return;
    join(methods, result.allow);
    result.kind = method == "OPTIONS" ? MatchKind::options : MatchKind::method_not_allowed;
  }

  void match_asterisk(std::string_view method, std::string_view host, Match& result) const {
    if (method != "OPTIONS") {
      result.kind =
          is_registered_method(method) ? MatchKind::not_found : MatchKind::not_implemented;
      return;
    }
    MethodSet methods{"OPTIONS"};
    hosts_.visit(host, [&](const PathTable& table) {
      table.add_all_allowed(methods);
      return false;
    });
    result.kind = MatchKind::options;
    join(methods, result.allow);
  }

  const std::vector<Route> routes_;
  HostTable hosts_;
};

RouteTable::RouteTable(const std::string& file, std::vector<Route> routes)
    : impl_(std::make_unique<const Impl>(file, std::move(routes))) {}

RouteTable::~RouteTable() = default;

void RouteTable::match(std::string_view method, std::string_view host, std::string_view raw_path,
                       Match& result) const {
  result.clear();
  impl_->match(method, host, raw_path, result);
}

const Route* RouteTable::find(std::string_view method, std::string_view host,
                              std::string_view raw_path) const {
  return raw_path == "*" ? nullptr : impl_->find(method, host, raw_path);
}

const std::vector<Route>& RouteTable::routes() const { return impl_->routes(); }

bool is_registered_method(std::string_view method) {
  const auto methods = config::registered_methods();
  return std::binary_search(methods.begin(), methods.end(), method);
}

}  // namespace plughost::routing
