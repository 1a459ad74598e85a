#include "config/listen_address.hpp"

#include <arpa/inet.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>

#include "config/quote.hpp"

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

Address parse_unix(std::string_view text, std::string_view path) {
  if (path.empty()) {
    return Address::failure(quote(text) + " has no path; write it like unix:/run/plughost.sock");
  }
  if (path.find('\0') != std::string_view::npos || path.back() == '/') {
    return Address::failure(quote(text) +
                            " is no path of a file; write it like unix:/run/plughost.sock");
  }
  ListenAddress address;
  address.kind = ListenAddress::Kind::unix_socket;
  address.path = path;
  return address;
}

Address parse_inherited(std::string_view text, std::string_view name) {
  const bool is_bad = name.size() > 255 || std::any_of(name.begin(), name.end(), [](char c) {
                        return c <= ' ' || c == ':' || c == '\x7f';
                      });
  if (is_bad || (name.empty() && text.back() == ':')) {
    return Address::failure(quote(text) +
                            " names no socket; write 'systemd' for all of them, or "
                            "'systemd:NAME' with a FileDescriptorName of the .socket unit");
  }
  ListenAddress address;
  address.kind = ListenAddress::Kind::inherited;
  address.name = name;
  return address;
}

}  // namespace

Result<ListenAddress> parse_listen_address(const std::string& text) {
  const std::string_view view = text;
  if (view.find("://") != std::string_view::npos) {
    return Address::failure(quote(text) + " is a URL; write only HOST:PORT");
  }
  if (view.starts_with("unix:")) return parse_unix(view, view.substr(5));
  if (view == "systemd") return parse_inherited(view, "");
  if (view.starts_with("systemd:")) return parse_inherited(view, view.substr(8));
  if (view.starts_with('[')) return parse_bracketed(view);
  const std::size_t colon = view.find(':');
  if (colon == std::string_view::npos) {
    return Address::failure(quote(text) + " is not HOST:PORT; write it like 127.0.0.1:8000");
  }
  if (view.find(':', colon + 1) != std::string_view::npos) {
    return Address::failure(quote(text) +
                            " has several colons; an IPv6 address stands in brackets, like "
                            "[::1]:8000");
  }
  const std::string_view host = view.substr(0, colon);
  if (const std::string mistake = host_mistake(host); !mistake.empty()) {
    return Address::failure(quote(text) + ' ' + mistake +
                            (host == "*" ? "" : "; write it like 127.0.0.1:8000"));
  }
  return with_port(view, host, view.substr(colon + 1));
}

std::string to_string(const ListenAddress& address) {
  switch (address.kind) {
    case ListenAddress::Kind::unix_socket:
      return "unix:" + address.path.string();
    case ListenAddress::Kind::inherited:
      return address.name.empty() ? "systemd" : "systemd:" + address.name;
    case ListenAddress::Kind::tcp:
      break;
  }
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return (is_v6 ? '[' + address.host + ']' : address.host) + ':' + std::to_string(address.port);
}

std::string place_unix_socket(ListenAddress& address, const std::filesystem::path& folder) {
  if (address.kind != ListenAddress::Kind::unix_socket) return "";
  address.path = (folder / address.path).lexically_normal();
  const std::size_t longest = sizeof(sockaddr_un::sun_path) - 1;
  if (address.path.native().size() <= longest) return "";
  return quote(address.path.native()) +
         " is too long for a Unix socket; choose a path of at most " + std::to_string(longest) +
         " bytes";
}

std::string find_repeated(const std::vector<ListenAddress>& addresses,
                          const ListenAddress& address) {
  const bool takes_any_port = address.kind == ListenAddress::Kind::tcp && address.port == 0;
  const std::string text = to_string(address);
  const auto is_same = [&](const ListenAddress& other) { return to_string(other) == text; };
  if (takes_any_port || std::none_of(addresses.begin(), addresses.end(), is_same)) return "";
  return quote(text) + " is there twice; remove one of the two";
}

}  // namespace plughost::config
