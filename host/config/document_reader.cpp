#include "config/document_reader.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "config/syntax_error.hpp"
#include "config/variables.hpp"

namespace plughost::config {
namespace {

SourcePosition place_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {mark.line + 1, mark.column + 1};
}

/// Makes the nodes of one document out of the parser's events.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const SourceText& source, Problems& problems)
      : source_(source), problems_(problems) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ != 2) return;
    const SourcePosition position = place_of(mark);
    if (source_.text().substr(source_.offset(position)).starts_with("---")) {
      return problems_.add(
          position, "a second document starts here; the file is one document, remove the '---'");
    }
    problems_.add(position,
                  "this belongs to nothing; remove it, or quote it if it is meant as a text");
    is_cut_ = true;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node;
    node.position = place_of(mark);
    // Where nothing was written the parser's mark is that of whatever comes next.
    if (expects_value() && node.position.line != open_.back().key.position.line) {
      node.position = open_.back().key.position;
    }
    node.refused = !check(node.position, "", anchor);
    put(std::move(node));
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    Node node;
    node.position = place_of(mark);
    node.refused = true;
    problems_.add(node.position,
                  "aliases ('*') are not supported; write the value out, or quote a text that "
                  "starts with '*'");
    put(std::move(node));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node;
    node.position = place_of(mark);
    node.plain = tag != "!";
    node.refused = !check(node.position, tag, anchor);
    if (!node.plain && !is_quote_closed(source_, node.position)) {
      problems_.add(node.position, "the quote that starts here is never closed");
      is_cut_ = true;  // it swallowed the rest of the file, about which there is nothing to say
    }
    Result<std::string> text = substitute_variables(value);
    if (!text) {
      problems_.add(node.position, text.error());
      node.refused = true;
    }
    node.text = text ? std::move(text.value()) : value;
    put(std::move(node));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(NodeKind::list, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(NodeKind::mapping, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  /// The file was not understood to its end, and the reason is among the problems.
  bool is_cut() const { return is_cut_; }
  std::optional<Node> take_root() { return std::exchange(root_, std::nullopt); }

  /// Where the innermost bracket began that is not closed yet.
  std::optional<SourcePosition> open_bracket() const {
    for (auto collection = open_.rbegin(); collection != open_.rend(); ++collection) {
      const SourcePosition position = collection->node.position;
      const std::size_t offset = source_.offset(position);
      const std::string_view first = source_.text().substr(offset, 1);
      if (first == "{" || first == "[") return position;
    }
    return std::nullopt;
  }

 private:
  struct Collection {
    Node node;
    Node key;
    bool has_key = false;
    std::map<std::string, int> lines;  ///< of the keys so far
  };

  bool expects_value() const { return !open_.empty() && open_.back().has_key; }

  /// Whether the node is free of anchors and tags.
  bool check(SourcePosition position, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      problems_.add(position,
                    "anchors ('&') are not supported; write the value out, or quote a "
                    "text that starts with '&'");
      return false;
    }
    if (!tag.empty() && tag != "?" && tag != "!") {
      problems_.add(position, "tags ('!') are not supported; quote the value to make it a text");
      return false;
    }
    return true;
  }

  void open(NodeKind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    Collection& collection = open_.emplace_back();
    collection.node.kind = kind;
    collection.node.position = place_of(mark);
    collection.node.refused = !check(collection.node.position, tag, anchor);
  }

  void close() {
    Node node = std::move(open_.back().node);
    open_.pop_back();
    put(std::move(node));
  }

  void put(Node node) {
    if (open_.empty()) {
      if (documents_ == 1) root_ = std::move(node);
      return;
    }
    Collection& collection = open_.back();
    if (collection.node.kind == NodeKind::list) {
      collection.node.items.push_back(std::move(node));
    } else if (!collection.has_key) {
      collection.key = std::move(node);
      collection.has_key = true;
    } else {
      put_entry(collection, std::move(node));
    }
  }

  void put_entry(Collection& collection, Node value) {
    collection.has_key = false;
    const Node& key = collection.key;
    if (key.refused) return;
    if (key.plain && key.text == "<<") {
      problems_.add(key.position, "'<<' is not supported; write the keys out");
      return;
    }
    if (key.kind != NodeKind::scalar || key.is_null()) {
      problems_.add(key.position, "a key must be a text; quote it if it is meant as one");
      return;
    }
    const auto [known, is_new] = collection.lines.emplace(key.text, key.position.line);
    if (!is_new) {
      problems_.add(key.position, "the key '" + key.text + "' is there twice, first in line " +
                                      std::to_string(known->second) + "; remove one of the two");
      return;
    }
    collection.node.entries.push_back({std::move(collection.key), std::move(value)});
  }

  const SourceText& source_;
  Problems& problems_;
  int documents_ = 0;
  bool is_cut_ = false;  // what was read is not the file's meaning
  std::vector<Collection> open_;
  std::optional<Node> root_;
};

}  // namespace

std::optional<Node> read_document(const SourceText& source, Problems& problems) {
  TreeBuilder builder(source, problems);
  try {
    std::istringstream stream{std::string(source.text())};
    YAML::Parser parser(stream);
    // Not to the end: before a stray comma yaml-cpp finds one empty document after the other.
    if (parser.HandleNextDocument(builder)) parser.HandleNextDocument(builder);
  } catch (const YAML::Exception& error) {
    const SyntaxError explained =
        explain_syntax_error(source, error.msg, place_of(error.mark), builder.open_bracket());
    problems.add(explained.position, explained.message);
    return std::nullopt;
  }
  if (builder.is_cut()) return std::nullopt;
  std::optional<Node> root = builder.take_root();
  if (!root || root->is_null()) {
    problems.add({}, "the file is empty; it needs at least 'plugins' and 'routes'");
    return std::nullopt;
  }
  if (root->kind != NodeKind::mapping) {
    problems.add(root->position,
                 "the file must be a mapping with keys like 'plugins' and 'routes'");
    return std::nullopt;
  }
  return root;
}

}  // namespace plughost::config
