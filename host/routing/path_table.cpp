#include "routing/path_table.hpp"

#include <algorithm>
#include <iterator>

#include "routing/route_table.hpp"

namespace plughost::routing {
namespace {

/// What `OPTIONS *` says for a route that takes ANY: the methods of RFC 9110 and 5789.
constexpr std::string_view kGeneralMethods[] = {"DELETE", "GET",  "HEAD", "OPTIONS",
                                                "PATCH",  "POST", "PUT",  "TRACE"};

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

void insert(std::string_view method, MethodSet& methods) {
  methods.insert(method);
  if (method == "GET") methods.insert("HEAD");
}

void note(std::vector<PathTable::Conflict>& conflicts, const Route* earlier,
          std::string_view method) {
  const auto known = std::find_if(conflicts.begin(), conflicts.end(),
                                  [&](const auto& conflict) { return conflict.first == earlier; });
  if (known == conflicts.end()) {
    conflicts.emplace_back(earlier, method);
  } else {
    known->second += '|' + std::string(method);
  }
}

}  // namespace

std::vector<PathTable::Conflict> PathTable::add(const Route& route) {
  std::vector<Conflict> conflicts;
  Leaf& leaf = tree_.add(route.pattern);
  if (route.methods.empty()) {
    if (leaf.any != nullptr) note(conflicts, leaf.any, "ANY");
    if (leaf.any == nullptr) leaf.any = &route;
  }
  for (const std::string& method : route.methods) {
    if (const Route* earlier = leaf.find_named(method)) {
      note(conflicts, earlier, method);
    } else {
      leaf.named.push_back({method, &route});
    }
  }
  routes_.push_back(&route);
  if (is_plain_literal(route.pattern)) literals_[literal_path(route.pattern)] = &leaf;
  return conflicts;
}

const Route* PathTable::find(std::string_view method, std::string_view raw_path) const {
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

void PathTable::add_allowed(std::string_view raw_path, MethodSet& methods) const {
  tree_.visit(raw_path, [&](const Leaf& leaf) {
    for (const Leaf::Named& entry : leaf.named) insert(entry.method, methods);
    methods.insert("OPTIONS");
    return false;
  });
}

void PathTable::add_all_allowed(MethodSet& methods) const {
  for (const Route* route : routes_) {
    if (route->methods.empty()) {
      methods.insert(std::begin(kGeneralMethods), std::end(kGeneralMethods));
    }
    for (const std::string& method : route->methods) insert(method, methods);
  }
}

}  // namespace plughost::routing
