#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"

namespace plughost::config {

enum class NodeKind { scalar, list, mapping };

struct Entry;

/// One value of the file, with its place; variables are replaced already.
struct Node {
  NodeKind kind = NodeKind::scalar;
  SourcePosition position;
  std::string text;      ///< scalars
  bool plain = true;     ///< scalars: not quoted and no block text, so that it may be a number
  bool refused = false;  ///< its mistake is reported; the text means nothing
  std::vector<Node> items;
  std::vector<Entry> entries;  ///< in file order; keys are scalars and differ

  /// Nothing was written, or `~` or `null`.
  bool is_null() const;
};

struct Entry {
  Node key;
  Node value;
};

/// The value of a key of a mapping; null if there is none.
const Node* find(const Node& mapping, const std::string& key);

}  // namespace plughost::config
