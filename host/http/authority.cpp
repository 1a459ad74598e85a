#include "http/authority.hpp"

#include <arpa/inet.h>

#include <array>
#include <cstddef>

#include "http/characters.hpp"

namespace plughost::http {
namespace {

/// unreserved and sub-delims of RFC 3986; pct-encoded is left to the caller.
constexpr auto kNameCharacters = [] {
  std::array<bool, 256> table{};
  for (unsigned char c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned char c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (const unsigned char c : std::string_view("-._~!$&'()*+,;=")) table[c] = true;
  return table;
}();

bool is_port(std::string_view text) {
  unsigned port = 0;
  for (const char c : text) {
    if (!is_digit(c)) return false;
    port = port * 10 + static_cast<unsigned>(c - '0');
    if (port > 65535) return false;
  }
  return true;
}

/// text is empty or starts behind the host.
bool is_optional_port(std::string_view text) {
  return text.empty() || (text.front() == ':' && is_port(text.substr(1)));
}

bool is_ipv6_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size()) return false;
  text.copy(terminated.data(), text.size());
  in6_addr ignored;
  return inet_pton(AF_INET6, terminated.data(), &ignored) == 1;
}

/// The length of the reg-name text starts with (an IPv4 address is one too).
std::size_t name_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size()) {
    if (kNameCharacters[static_cast<unsigned char>(text[length])]) {
      ++length;
    } else if (text[length] == '%' && length + 2 < text.size() &&
               hex_value(text[length + 1]) >= 0 && hex_value(text[length + 2]) >= 0) {
      length += 3;
    } else {
      break;
    }
  }
  return length;
}

}  // namespace

bool is_host_and_port(std::string_view text) {
  if (!text.empty() && text.front() == '[') {
    const std::size_t bracket = text.find(']');
    return bracket != std::string_view::npos && is_ipv6_address(text.substr(1, bracket - 1)) &&
           is_optional_port(text.substr(bracket + 1));
  }
  const std::size_t length = name_length(text);
  return length > 0 && is_optional_port(text.substr(length));
}

}  // namespace plughost::http
