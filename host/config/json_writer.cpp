#include "config/json_writer.hpp"

#include <cstddef>

#include "base/json.hpp"
#include "config/quote.hpp"

namespace plughost::config {

std::string member_pointer(const std::string& pointer, const std::string& key) {
  std::string member = pointer + '/';
  for (const char c : key) {
    if (c == '~') {
      member += "~0";
    } else if (c == '/') {
      member += "~1";
    } else {
      member += c;
    }
  }
  return member;
}

namespace {

void append_scalar(const Node& node, std::string& out, Problems& problems) {
  if (!node.plain || node.refused) {
    json::append_string(out, node.text);
  } else if (!append_plain_scalar(node.text, out)) {
    problems.add(node.position, quote(node.text) +
                                    " is a number that JSON cannot hold; quote it to give the "
                                    "plugin a text");
  }
}

}  // namespace

void append_json(const Node& node, const std::string& pointer, std::string& out,
                 Positions& positions, Problems& problems) {
  positions[pointer] = node.position;
  switch (node.kind) {
    case NodeKind::scalar:
      append_scalar(node, out, problems);
      return;
    case NodeKind::list:
      out += '[';
      for (std::size_t index = 0; index < node.items.size(); ++index) {
        if (index > 0) out += ',';
        append_json(node.items[index], member_pointer(pointer, std::to_string(index)), out,
                    positions, problems);
      }
      out += ']';
      return;
    case NodeKind::mapping:
      out += '{';
      for (const Entry& entry : node.entries) {
        if (&entry != &node.entries.front()) out += ',';
        json::append_string(out, entry.key.text);
        out += ':';
        append_json(entry.value, member_pointer(pointer, entry.key.text), out, positions, problems);
      }
      out += '}';
  }
}

}  // namespace plughost::config
