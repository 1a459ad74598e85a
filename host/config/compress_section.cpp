#include <algorithm>
#include <string>
#include <vector>

#include "config/keys.hpp"
#include "config/quote.hpp"
#include "config/sections.hpp"
#include "config/suggestions.hpp"

namespace plughost::config {
namespace {

const std::vector<std::string>& known_codings() {
  static const std::vector<std::string> codings{"zstd", "gzip"};
  return codings;
}

void add_coding(const Node& node, std::vector<std::string>& codings, Problems& problems) {
  const std::string* text = scalar_text(node, "true, or codings like [zstd, gzip]", problems);
  if (text == nullptr) return;
  const auto& known = known_codings();
  if (std::find(known.begin(), known.end(), *text) == known.end()) {
    const std::string question = did_you_mean(*text, known);
    problems.add(node.position, quote(*text) + " is no coding that the host can apply" +
                                    (question.empty() ? "; there are zstd and gzip" : question));
  } else if (std::find(codings.begin(), codings.end(), *text) != codings.end()) {
    problems.add(node.position, quote(*text) + " is there twice; remove one");
  } else {
    codings.push_back(*text);
  }
}

}  // namespace

void read_compress(const Node& node, std::vector<std::string>& codings, Problems& problems) {
  codings.clear();
  if (node.refused) return;
  if (node.kind == NodeKind::list) {
    if (node.items.empty()) problems.add(node.position, "the list is empty; write false");
    for (const Node& item : node.items) add_coding(item, codings, problems);
  } else if (node.plain && node.text == "true") {
    codings = known_codings();
  } else if (!node.plain || node.text != "false") {
    add_coding(node, codings, problems);
  }
}

}  // namespace plughost::config
