#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "config/keys.hpp"
#include "config/listen_address.hpp"
#include "config/quote.hpp"
#include "config/sections.hpp"
#include "config/syntax_error.hpp"

namespace plughost::config {
namespace {

/// `[::1]` without quotes is a list to YAML, and so is `[::]`.
bool is_unquoted_ipv6(const Node& node) {
  if (node.items.size() != 1) return false;
  const Node& item = node.items.front();
  if (item.kind == NodeKind::scalar) return item.plain && looks_like_ipv6(item.text);
  return item.kind == NodeKind::mapping && item.entries.size() == 1 &&
         item.entries.front().key.text == ":";
}

void read_mode(const Node& node, std::optional<unsigned>& mode, Problems& problems) {
  const std::string* text = scalar_text(node, "a file mode like \"0660\"", problems);
  if (text == nullptr) return;
  unsigned value = 0;
  const char* const end = text->data() + text->size();
  const auto [parsed, error] = std::from_chars(text->data(), end, value, 8);
  if (error != std::errc() || parsed != end || text->size() < 3 || value > 0777) {
    return problems.add(node.position, quote(*text) +
                                           " is not a file mode; write three octal digits, like "
                                           "\"0660\"");
  }
  mode = value;
}

/// Returns whether address was written; then only its own keys may be wrong.
bool read_text(const Node& node, ListenAddress& address, Problems& problems) {
  const std::string* text = scalar_text(node, "an address like 127.0.0.1:8000", problems);
  if (text == nullptr) return false;
  Result<ListenAddress> parsed = parse_listen_address(*text);
  if (!parsed) {
    problems.add(node.position, parsed.error());
    return false;
  }
  address = std::move(parsed.value());
  address.position = node.position;
  return true;
}

bool read_options(const Node& node, ListenAddress& address, Problems& problems) {
  bool is_read = false;
  std::optional<unsigned> mode;
  bool tls = false;
  bool proxy_protocol = false;
  const Node* mode_node = find(node, "mode");
  read_mapping(
      node, " of a listen address",
      {{"address", [&](const Node& value) { is_read = read_text(value, address, problems); }},
       {"mode", [&](const Node& value) { read_mode(value, mode, problems); }},
       {"tls", flag_into(tls, problems)},
       {"proxy_protocol", flag_into(proxy_protocol, problems)}},
      {}, problems);
  if (find(node, "address") == nullptr) {
    problems.add(node.position,
                 "this listen address has no 'address'; add one like 'address: unix:/run/x.sock'");
  }
  if (is_read && mode_node != nullptr && address.kind != ListenAddress::Kind::unix_socket) {
    problems.add(mode_node->position,
                 quote(to_string(address)) + " has no file; 'mode' is for unix: addresses only");
  }
  address.mode = mode;
  address.proxy_protocol = proxy_protocol;
  if (find(node, "tls") != nullptr) address.tls = tls;
  return is_read;
}

void read_one(const Node& node, Config& config, Problems& problems) {
  ListenAddress address;
  const bool is_read = node.kind == NodeKind::mapping && !node.refused
                           ? read_options(node, address, problems)
                           : read_text(node, address, problems);
  if (!is_read) return;
  std::string mistake = place_unix_socket(address, config.directory);
  if (mistake.empty()) mistake = find_repeated(config.listen, address);
  if (!mistake.empty()) return problems.add(address.position, mistake);
  config.listen.push_back(std::move(address));
}

}  // namespace

void read_listen(const Node& node, Config& config, Problems& problems) {
  config.listen.clear();
  if (node.kind != NodeKind::list || node.refused) return read_one(node, config, problems);
  if (is_unquoted_ipv6(node)) {
    return problems.add(node.position,
                        "an IPv6 address must be quoted, else YAML takes its '[' for a list; write "
                        "\"[::1]:8000\"");
  }
  if (node.items.empty()) {
    return problems.add(node.position,
                        "the list of addresses is empty; write one like 127.0.0.1:8000");
  }
  for (const Node& item : node.items) read_one(item, config, problems);
}

}  // namespace plughost::config
