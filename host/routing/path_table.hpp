#pragma once

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "routing/route_tree.hpp"

namespace plughost::routing {

using MethodSet = std::set<std::string_view>;

/// The routes of one host, or of those that name none: path and method to route.
///
/// Owner:   RouteTable. Threads: add() on [main]; const members on [any] after the last add().
class PathTable final {
 public:
  /// An earlier route and the methods, joined by '|', that both take on the same paths.
  using Conflict = std::pair<const Route*, std::string>;

  PathTable() = default;
  PathTable(const PathTable&) = delete;
  PathTable& operator=(const PathTable&) = delete;

  /// Empty: added. The route must stay where it is.
  std::vector<Conflict> add(const Route& route);

  /// The most specific route that takes the method; null: none.
  const Route* find(std::string_view method, std::string_view raw_path) const;

  /// Adds the methods that the routes of a path name, and what follows from them.
  void add_allowed(std::string_view raw_path, MethodSet& methods) const;
  /// The same of all paths; ANY stands for the methods of RFC 9110 and 5789.
  void add_all_allowed(MethodSet& methods) const;

 private:
  RouteTree tree_;
  std::vector<const Route*> routes_;
  /// Shapes without parameters, by path: the most specific there are, so that a route found here
  /// needs no look at the tree.
  StringMap<const Leaf*> literals_;
};

}  // namespace plughost::routing
