#include "routing/route_tree.hpp"

#include <algorithm>

namespace plughost::routing {

const Route* Leaf::find_named(std::string_view method) const {
  for (const Named& entry : named) {
    if (entry.method == method) return entry.route;
  }
  return nullptr;
}

const Route* Leaf::find(std::string_view method) const {
  if (const Route* route = find_named(method)) return route;
  if (method == "HEAD") {
    if (const Route* route = find_named("GET")) return route;
  }
  return any;
}

Leaf& RouteTree::add(const Pattern& pattern) {
  Node* node = &root_;
  for (const Segment& segment : pattern.segments()) {
    if (segment.kind == SegmentKind::rest) return node->rest;
    std::unique_ptr<Node>& child =
        segment.kind == SegmentKind::literal
            ? node->literals[segment.text]
            : (segment.kind == SegmentKind::integer ? node->integer : node->any);
    if (child == nullptr) child = std::make_unique<Node>();
    node = child.get();
  }
  return node->leaf;
}

bool RouteTree::is_integer(std::string_view text) {
  if (text.empty() || (text.front() == '0' && text.size() > 1)) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace plughost::routing
