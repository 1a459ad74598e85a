#include "config/document.hpp"

namespace plughost::config {

bool Node::is_null() const {
  return kind == NodeKind::scalar && plain &&
         (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL");
}

const Node* find(const Node& mapping, const std::string& key) {
  for (const Entry& entry : mapping.entries) {
    if (entry.key.text == key) return &entry.value;
  }
  return nullptr;
}

}  // namespace plughost::config
