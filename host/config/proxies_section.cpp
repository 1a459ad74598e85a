#include <string>

#include "config/keys.hpp"
#include "config/quote.hpp"
#include "config/sections.hpp"

namespace plughost::config {
namespace {

void read_one(const Node& node, Proxies& proxies, Problems& problems) {
  const std::string* text = scalar_text(node, "an address like 10.0.0.0/8", problems);
  if (text == nullptr) return;
  if (*text == "unix") {
    proxies.trusts_unix = true;
  } else if (const auto network = IpNetwork::parse(*text)) {
    proxies.trusted.push_back(*network);
  } else {
    problems.add(node.position, quote(*text) +
                                    " is neither an IP address, a network like 10.0.0.0/8, nor "
                                    "'unix' for clients of Unix sockets");
  }
}

void read_trusted(const Node& node, Proxies& proxies, Problems& problems) {
  if (node.kind != NodeKind::list || node.refused) return read_one(node, proxies, problems);
  if (node.items.empty()) {
    problems.add(node.position, "the list is empty; write an address, or remove 'proxies'");
  }
  for (const Node& item : node.items) read_one(item, proxies, problems);
}

void read_headers(const Node& node, Proxies& proxies, Problems& problems) {
  const auto choice =
      read_choice(node, "a kind of headers", {"x-forwarded", "forwarded"}, problems);
  if (choice) proxies.uses_standard_field = *choice == 1;
}

}  // namespace

void read_proxies(const Node& node, Proxies& proxies, Problems& problems) {
  read_mapping(node, " in 'proxies'",
               {{"trusted", [&](const Node& value) { read_trusted(value, proxies, problems); }},
                {"headers", [&](const Node& value) { read_headers(value, proxies, problems); }}},
               {}, problems);
  if (node.kind == NodeKind::mapping && !node.refused && find(node, "trusted") == nullptr) {
    problems.add(node.position, "'proxies' has no 'trusted'; add it like 'trusted: [127.0.0.1]'");
  }
}

}  // namespace plughost::config
