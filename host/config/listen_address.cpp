#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>

#include "config/quote.hpp"
#include "config/yaml_loader.hpp"

namespace plughost::config {
namespace {

using Address = Result<ListenAddress>;

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port;
}

bool is_ipv6(std::string_view text) {
  in6_addr address;
  const std::string without_zone(text.substr(0, text.find('%')));
  return inet_pton(AF_INET6, without_zone.c_str(), &address) == 1;
}

bool is_ipv4(std::string_view text) {
  in_addr address;
  return inet_pton(AF_INET, std::string(text).c_str(), &address) == 1;
}

bool is_host_name(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  });
}

/// Empty if the host is fine, else what is wrong with it.
std::string host_mistake(std::string_view host) {
  if (host.empty()) return "has no host";
  if (host == "*") return "names no address; write 0.0.0.0 for all of IPv4 or [::] for all";
  const bool digits = host.find_first_not_of("0123456789.") == std::string_view::npos;
  if (digits && !is_ipv4(host)) return "holds no IPv4 address";
  if (!is_host_name(host)) return "holds no address or host name";
  return "";
}

Address with_port(std::string_view text, std::string_view host, std::string_view port) {
  const std::optional<std::uint16_t> number = parse_port(port);
  if (!number) {
    return Address::failure(quote(port) + " in " + quote(text) +
                            " is not a port; write a number from 0 (any free port) to 65535");
  }
  ListenAddress address;
  address.host = host;
  address.port = *number;
  return address;
}

Address parse_bracketed(std::string_view text) {
  const std::size_t close = text.find(']');
  if (close == std::string_view::npos || !is_ipv6(text.substr(1, close - 1))) {
    return Address::failure(quote(text) + " holds no IPv6 address; write it like [::1]:8000");
  }
  if (text.substr(close + 1, 1) != ":") {
    return Address::failure(quote(text) + " has no port; write it like [::1]:8000");
  }
  return with_port(text, text.substr(1, close - 1), text.substr(close + 2));
}

}  // namespace

Result<ListenAddress> parse_listen_address(const std::string& text) {
  if (text.starts_with("unix:")) {
    return Address::failure(quote(text) +
                            ": a Unix socket is not supported in this version; write HOST:PORT");
  }
  if (text.find("://") != std::string::npos) {
    return Address::failure(quote(text) + " is a URL; write only HOST:PORT");
  }
  if (text.starts_with('[')) return parse_bracketed(text);
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) {
    return Address::failure(quote(text) + " is not HOST:PORT; write it like 127.0.0.1:8000");
  }
  if (text.find(':', colon + 1) != std::string::npos) {
    return Address::failure(quote(text) +
                            " has several colons; an IPv6 address stands in brackets, like "
                            "[::1]:8000");
  }
  const std::string_view host = std::string_view(text).substr(0, colon);
  if (const std::string mistake = host_mistake(host); !mistake.empty()) {
    return Address::failure(quote(text) + ' ' + mistake +
                            (host == "*" ? "" : "; write it like 127.0.0.1:8000"));
  }
  return with_port(text, host, std::string_view(text).substr(colon + 1));
}

}  // namespace plughost::config
