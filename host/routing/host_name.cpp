#include "routing/host_name.hpp"

#include <algorithm>
#include <cstddef>

#include "config/quote.hpp"
#include "http/authority.hpp"
#include "http/characters.hpp"

namespace plughost::routing {
namespace {

using config::quote;
using Failed = Result<HostPattern>;

bool is_name(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const char lower = http::to_lower(c);
    return (lower >= 'a' && lower <= 'z') || http::is_digit(c) || c == '-' || c == '_' || c == '.';
  });
}

bool has_empty_label(std::string_view name) {
  return name.empty() || name.front() == '.' || name.find("..") != std::string_view::npos;
}

bool is_bracketed_ipv6(std::string_view text) {
  return text.front() == '[' && text.back() == ']' && http::is_host_and_port(text);
}

/// Empty if it is a host, else what is wrong with it.
std::string mistake_of(std::string_view text, std::string_view name) {
  const std::string subject = "the host " + quote(text) + " before the path ";
  if (text == "*") return subject + "stands for every host; leave it out";
  if (text.find_first_of("{}") != std::string_view::npos) {
    return subject + "has a parameter; a host has none, but '*.' stands for its first label";
  }
  if (text.ends_with("http:") || text.ends_with("https:")) {
    return subject + "is the scheme of a URL; write 'HOST/PATH' without it";
  }
  if (text.front() == '[') {
    return is_bracketed_ipv6(text) ? "" : subject + "is no IPv6 address; write it like [::1]";
  }
  if (name.find(':') != std::string_view::npos) {
    return subject + "has a port, which does not count; leave it out";
  }
  if (name.find('*') != std::string_view::npos) {
    return subject + "has a '*' that is not its whole first label; write it like *.example.com";
  }
  if (!is_name(name) || has_empty_label(name) || name.size() > 253) {
    return subject + "is no host name; write a path that starts with '/', or HOST/PATH";
  }
  if (name.find('.') == std::string_view::npos && name != "localhost") {
    return subject +
           "has no dot; if it is part of the path, write '/' before it, and if it is a "
           "host, write '" +
           std::string(name) + ".'";
  }
  return "";
}

}  // namespace

Result<HostPattern> HostPattern::parse(std::string_view text) {
  const bool is_wildcard = text.starts_with("*.");
  std::string_view name = is_wildcard ? text.substr(2) : text;
  if (const std::string mistake = mistake_of(text, name); !mistake.empty()) {
    return Failed::failure(mistake);
  }
  if (name.back() == '.') name.remove_suffix(1);
  HostPattern pattern;
  pattern.is_wildcard = is_wildcard;
  pattern.name = name;
  std::transform(name.begin(), name.end(), pattern.name.begin(), http::to_lower);
  return pattern;
}

HostName::HostName(std::string_view host_and_port) {
  const std::size_t bracket = host_and_port.rfind(']');
  const std::size_t colon =
      host_and_port.find(':', bracket == std::string_view::npos ? 0 : bracket);
  std::string_view host = host_and_port.substr(0, colon);
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  if (host.size() > buffer_.size()) return;
  std::transform(host.begin(), host.end(), buffer_.begin(), http::to_lower);
  size_ = host.size();
}

std::string_view HostName::parent() const {
  const std::string_view name = text();
  const std::size_t dot = name.find('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : name.substr(dot + 1);
}

}  // namespace plughost::routing
