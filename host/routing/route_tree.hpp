#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "routing/pattern.hpp"
#include "routing/percent.hpp"

namespace plughost::routing {

struct Route;

/// Lets a map of strings be searched by a view, without making a string.
struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

template <typename T>
using StringMap = std::unordered_map<std::string, T, StringHash, std::equal_to<>>;

/// The routes of one path shape.
struct Leaf {
  struct Named {
    std::string_view method;
    const Route* route;
  };
  std::vector<Named> named;
  const Route* any = nullptr;

  bool empty() const { return named.empty() && any == nullptr; }
  const Route* find_named(std::string_view method) const;
  /// The route that takes the method: named, then HEAD implied by GET, then ANY; else null.
  const Route* find(std::string_view method) const;
};

/// Path shapes as a tree, one level a segment.
///
/// Owner:   RouteTable. Threads: add() on [main]; visit() on [any] after the last add().
/// Limits:  a node is reached by one path of nodes only, so that visit() sees each at most once:
///          backtracking is bounded by the size of the tree, whatever the request.
class RouteTree final {
 public:
  /// The leaf of the pattern's shape, made if it is not there. It stays where it is.
  Leaf& add(const Pattern& pattern);

  /// Calls visitor(const Leaf&) for the leaves whose shape matches, most specific first, until it
  /// returns true. Returns whether it did.
  template <typename Visitor>
  bool visit(std::string_view raw_path, Visitor&& visitor) const {
    return visit(root_, raw_path, visitor);
  }

 private:
  struct Node {
    StringMap<std::unique_ptr<Node>> literals;
    std::unique_ptr<Node> integer;
    std::unique_ptr<Node> any;
    Leaf leaf;  ///< the path ends here
    Leaf rest;  ///< whatever follows
  };

  static bool is_integer(std::string_view text);

  template <typename Visitor>
  static bool visit(const Node& node, std::string_view path, Visitor& visitor) {
    if (path.empty()) {
      return (!node.leaf.empty() && visitor(node.leaf)) ||
             (!node.rest.empty() && visitor(node.rest));
    }
    const std::size_t end = path.find('/', 1);
    const std::string_view raw = path.substr(1, end == std::string_view::npos ? end : end - 1);
    const std::string_view behind = end == std::string_view::npos ? "" : path.substr(end);
    if (raw.find('%') == std::string_view::npos) {
      if (visit_children(node, raw, behind, visitor)) return true;
    } else {
      std::string decoded;
      append_percent_decoded(decoded, raw);
      if (visit_children(node, decoded, behind, visitor)) return true;
    }
    return !node.rest.empty() && visitor(node.rest);
  }

  template <typename Visitor>
  static bool visit_children(const Node& node, std::string_view segment, std::string_view behind,
                             Visitor& visitor) {
    if (const auto literal = node.literals.find(segment); literal != node.literals.end()) {
      if (visit(*literal->second, behind, visitor)) return true;
    }
    if (node.integer != nullptr && is_integer(segment)) {
      if (visit(*node.integer, behind, visitor)) return true;
    }
    return node.any != nullptr && !segment.empty() && visit(*node.any, behind, visitor);
  }

  Node root_;
};

}  // namespace plughost::routing
