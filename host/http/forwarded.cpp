#include "http/forwarded.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "http/authority.hpp"
#include "http/characters.hpp"

namespace plughost::http {
namespace {

constexpr std::size_t kMostHops = 64;

struct Node {
  IpAddress address;
  std::uint16_t port = 0;
};

std::optional<std::uint16_t> to_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return port;
}

/// "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]", "[2001:db8::1]:80", and without brackets too.
std::optional<Node> to_node(std::string_view text) {
  std::string_view host = text;
  std::string_view behind;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    host = text.substr(1, close - 1);
    behind = text.substr(close + 1);
    if (host.find(':') == std::string_view::npos) return std::nullopt;
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    host = text.substr(0, text.find(':'));
    behind = text.substr(host.size());
  }
  const auto address = IpAddress::parse(host);
  if (!address) return std::nullopt;
  if (behind.empty()) return Node{*address};
  // A port may be hidden (RFC 7239 section 6): "_x".
  const auto port = behind.front() == ':' ? to_port(behind.substr(1)) : std::nullopt;
  if (!port && !behind.starts_with(":_")) return std::nullopt;
  return Node{*address, port.value_or(0)};
}

std::string_view to_scheme(std::string_view text) {
  if (equals_ignoring_case(text, "https")) return "https";
  return equals_ignoring_case(text, "http") ? "http" : "";
}

std::string_view to_host(std::string_view text) { return is_host_and_port(text) ? text : ""; }

/// One element of Forwarded.
struct Element {
  std::string_view node;
  std::string_view proto;
  std::string_view host;
};

/// Walks the fields of one name as one list; false from read: stop.
template <typename Read>
bool for_each_line(const RequestMessage& message, std::string_view name, Read read) {
  return std::all_of(message.headers.begin(), message.headers.end(), [&](const HeaderField& field) {
    return field.name != name || read(field.value);
  });
}

std::string_view last_element(const RequestMessage& message, std::string_view name) {
  std::string_view last;
  for_each_line(message, name, [&](std::string_view list) {
    while (!list.empty()) {
      const std::string_view element = next_element(list);
      if (!element.empty()) last = element;
    }
    return true;
  });
  return last;
}

/// Applies the rule to the nodes of all hops, oldest first. Returns the index of the client's, or
/// nothing; client is set beside it.
template <typename NodeAt>
std::optional<std::size_t> find_client(std::size_t hops, NodeAt node_at, const IsTrusted& trusted,
                                       Forwarded& result) {
  std::optional<std::size_t> found;
  for (std::size_t i = hops; i-- > 0;) {
    const auto node = to_node(node_at(i));
    if (!node) break;
    found = i;
    result.client = node->address;
    result.client_port = node->port;
    if (!trusted(node->address)) break;
  }
  return found;
}

/// Reads Forwarded by the grammar of RFC 7239 section 4.
class ElementReader final {
 public:
  explicit ElementReader(std::string_view text) : rest_(text) {}

  /// False: the grammar is broken.
  bool read_all(std::vector<Element>& elements) {
    for (;;) {
      Element element;
      bool has_pair = false;
      if (!read_element(element, has_pair)) return false;
      if (has_pair) elements.push_back(element);
      if (elements.size() > kMostHops) return false;
      if (rest_.empty()) return true;
      if (!take(',')) return false;
    }
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && is_whitespace(rest_.front())) rest_.remove_prefix(1);
  }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool read_element(Element& element, bool& has_pair) {
    do {
      skip_blanks();
      if (rest_.empty() || rest_.front() == ',' || rest_.front() == ';') continue;
      if (!read_pair(element)) return false;
      has_pair = true;
      skip_blanks();
    } while (take(';'));
    return true;
  }

  bool read_pair(Element& element) {
    const std::string_view name = take_token();
    if (name.empty() || !take('=')) return false;
    std::string_view value;
    if (!read_value(value)) return false;
    std::string_view* target = equals_ignoring_case(name, "for")     ? &element.node
                               : equals_ignoring_case(name, "proto") ? &element.proto
                               : equals_ignoring_case(name, "host")  ? &element.host
                                                                     : nullptr;
    if (target == nullptr) return true;
    if (!target->empty()) return false;  // each at most once
    *target = value;
    return true;
  }

  std::string_view take_token() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_token_character);
    const std::string_view token = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(token.size());
    return token;
  }

  /// A token or a quoted string. Nothing that we look for needs an escape, so one with an escape
  /// is no value of ours; it is stepped over and reads as "\\".
  bool read_value(std::string_view& value) {
    if (!take('"')) {
      value = take_token();
      return !value.empty();
    }
    bool has_escape = false;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == '\\') {
        has_escape = true;
        ++i;
      } else if (rest_[i] == '"') {
        value = has_escape ? std::string_view("\\") : rest_.substr(0, i);
        rest_.remove_prefix(i + 1);
        return true;
      }
    }
    return false;
  }

  std::string_view rest_;
};

}  // namespace

Forwarded read_x_forwarded(const RequestMessage& message, const IsTrusted& is_trusted) {
  std::vector<std::string_view> hops;
  const bool bounded = for_each_line(message, "x-forwarded-for", [&](std::string_view list) {
    while (!list.empty()) {
      hops.push_back(next_element(list));
      if (hops.size() > kMostHops) return false;
    }
    return true;
  });
  Forwarded result;
  if (bounded) {
    find_client(
        hops.size(), [&](std::size_t i) { return hops[i]; }, is_trusted, result);
  }
  result.scheme = to_scheme(last_element(message, "x-forwarded-proto"));
  result.host = to_host(last_element(message, "x-forwarded-host"));
  return result;
}

Forwarded read_forwarded(const RequestMessage& message, const IsTrusted& is_trusted) {
  std::vector<Element> elements;
  const bool fine = for_each_line(message, "forwarded", [&](std::string_view line) {
    return ElementReader(line).read_all(elements);
  });
  Forwarded result;
  if (!fine || elements.empty()) return result;
  const auto client = find_client(
      elements.size(), [&](std::size_t i) { return elements[i].node; }, is_trusted, result);
  const Element& element = elements[client.value_or(elements.size() - 1)];
  result.scheme = to_scheme(element.proto);
  result.host = to_host(element.host);
  return result;
}

}  // namespace plughost::http
