#include "routing/route_table.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "config/methods.hpp"
#include "config/quote.hpp"
#include "routing/percent.hpp"
#include "routing/route_tree.hpp"

namespace plughost::routing {
namespace {

/// What `OPTIONS *` says for a route that takes ANY: the methods of RFC 9110 and 5789.
constexpr std::string_view kGeneralMethods[] = {"DELETE", "GET",  "HEAD", "OPTIONS",
                                                "PATCH",  "POST", "PUT",  "TRACE"};

using MethodSet = std::set<std::string_view>;

void add_allowed(const Leaf& leaf, MethodSet& methods) {
  for (const Leaf::Named& entry : leaf.named) {
    methods.insert(entry.method);
    if (entry.method == "GET") methods.insert("HEAD");
  }
  methods.insert("OPTIONS");
}

void join(const MethodSet& methods, std::string& out) {
  for (const std::string_view method : methods) {
    if (!out.empty()) out += ", ";
    out += method;
  }
}

/// True if the raw path of a request is the pattern's shape or nothing like it.
///
/// Rationale: an escaped '/' or '%' in the pattern would make two different paths look alike.
bool is_plain_literal(const Pattern& pattern) {
  return std::all_of(pattern.segments().begin(), pattern.segments().end(),
                     [](const Segment& segment) {
                       return segment.kind == SegmentKind::literal &&
                              segment.text.find_first_of("/%") == std::string::npos;
                     });
}

std::string literal_path(const Pattern& pattern) {
  std::string path;
  for (const Segment& segment : pattern.segments()) path += '/' + segment.text;
  return path;
}

std::string name_of(const Route& route) {
  std::string name;
  for (const std::string& method : route.methods) {
    if (!name.empty()) name += '|';
    name += method;
  }
  return config::quote((name.empty() ? "ANY" : name) + ' ' + route.pattern.text());
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
    join(all_methods(), allow_of_all_);
  }

  void match(std::string_view method, std::string_view raw_path, Match& result) const {
    if (raw_path == "*") return match_asterisk(method, result);
    const Route* route = find(method, raw_path);
    if (route == nullptr) return explain(method, raw_path, result);
    result.kind = MatchKind::found;
    result.route = route;
    take_parameters(route->pattern, raw_path, result.params);
  }

  const std::vector<Route>& routes() const { return routes_; }

 private:
  void add(const std::string& file, const Route& route, std::vector<Diagnostic>& diagnostics) {
    Leaf& leaf = tree_.add(route.pattern);
    std::vector<std::pair<const Route*, std::string>> conflicts;
    const auto put = [&](const Route* earlier, std::string_view method) {
      const auto known =
          std::find_if(conflicts.begin(), conflicts.end(),
                       [&](const auto& conflict) { return conflict.first == earlier; });
      if (known == conflicts.end()) {
        conflicts.emplace_back(earlier, method);
      } else {
        known->second += '|' + std::string(method);
      }
    };

    if (route.methods.empty()) {
      if (leaf.any != nullptr) put(leaf.any, "ANY");
      if (leaf.any == nullptr) leaf.any = &route;
    }
    for (const std::string& method : route.methods) {
      if (const Route* earlier = leaf.find_named(method)) {
        put(earlier, method);
      } else {
        leaf.named.push_back({method, &route});
      }
    }
    for (const auto& [earlier, methods] : conflicts) {
      diagnostics.push_back(ambiguous(file, route, *earlier, methods));
    }
    if (is_plain_literal(route.pattern)) literals_[literal_path(route.pattern)] = &leaf;
  }

  static Diagnostic ambiguous(const std::string& file, const Route& route, const Route& earlier,
                              const std::string& methods) {
    return {file, route.position,
            "the route " + name_of(route) + " is ambiguous: " + name_of(earlier) + " in line " +
                std::to_string(earlier.position.line) + " takes " + methods +
                " on the same paths; remove one of the two"};
  }

  const Route* find(std::string_view method, std::string_view raw_path) const {
    if (const auto literal = literals_.find(raw_path); literal != literals_.end()) {
      if (const Route* route = literal->second->find(method)) return route;
    }
    const Route* found = nullptr;
    tree_.visit(raw_path, [&](const Leaf& leaf) {
      found = leaf.find(method);
      return found != nullptr;
    });
    return found;
  }

  /// For a request that no route takes.
  void explain(std::string_view method, std::string_view raw_path, Match& result) const {
    if (!is_registered_method(method)) {
      result.kind = MatchKind::not_implemented;
      return;
    }
    MethodSet methods;
    tree_.visit(raw_path, [&](const Leaf& leaf) {
      add_allowed(leaf, methods);
      return false;
    });
    if (methods.empty()) return;
    join(methods, result.allow);
    result.kind = method == "OPTIONS" ? MatchKind::options : MatchKind::method_not_allowed;
  }

  void match_asterisk(std::string_view method, Match& result) const {
    if (method != "OPTIONS") {
      result.kind =
          is_registered_method(method) ? MatchKind::not_found : MatchKind::not_implemented;
      return;
    }
    result.kind = MatchKind::options;
    result.allow = allow_of_all_;
  }

  MethodSet all_methods() const {
    MethodSet methods{"OPTIONS"};
    for (const Route& route : routes_) {
      if (route.methods.empty()) {
        methods.insert(std::begin(kGeneralMethods), std::end(kGeneralMethods));
      }
      for (const std::string& method : route.methods) {
        methods.insert(method);
        if (method == "GET") methods.insert("HEAD");
      }
    }
    return methods;
  }

  const std::vector<Route> routes_;
  RouteTree tree_;
  /// Shapes without parameters, by path: the most specific there are, so that a route found here
  /// needs no look at the tree.
  StringMap<const Leaf*> literals_;
  std::string allow_of_all_;
};

RouteTable::RouteTable(const std::string& file, std::vector<Route> routes)
    : impl_(std::make_unique<const Impl>(file, std::move(routes))) {}

RouteTable::~RouteTable() = default;

void RouteTable::match(std::string_view method, std::string_view raw_path, Match& result) const {
  result.clear();
  impl_->match(method, raw_path, result);
}

const std::vector<Route>& RouteTable::routes() const { return impl_->routes(); }

bool is_registered_method(std::string_view method) {
  const auto methods = config::registered_methods();
  return std::binary_search(methods.begin(), methods.end(), method);
}

}  // namespace plughost::routing
