#include "base/ip_network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace plughost {
namespace {

constexpr std::size_t kMapped = 12;  // bytes in front of an IPv4 address: ::ffff:0:0/96

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) {
    return std::nullopt;
  }
  text.copy(terminated.data(), text.size());
  IpAddress address;
  if (inet_pton(AF_INET6, terminated.data(), address.bytes_.data()) == 1) return address;
  address.bytes_ = {};
  address.bytes_[10] = address.bytes_[11] = 0xFF;
  if (inet_pton(AF_INET, terminated.data(), &address.bytes_[kMapped]) != 1) return std::nullopt;
  return address;
}

bool IpAddress::is_ipv4() const {
  return std::all_of(bytes_.begin(), bytes_.begin() + 10, [](auto byte) { return byte == 0; }) &&
         bytes_[10] == 0xFF && bytes_[11] == 0xFF;
}

std::string IpAddress::text() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (is_ipv4()) {
    inet_ntop(AF_INET, &bytes_[kMapped], text.data(), text.size());
  } else {
    inet_ntop(AF_INET6, bytes_.data(), text.data(), text.size());
  }
  return text.data();
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto first = IpAddress::parse(text.substr(0, slash));
  if (!first) return std::nullopt;
  IpNetwork network;
  network.first_ = *first;
  if (slash == std::string_view::npos) return network;
  const std::string_view digits = text.substr(slash + 1);
  const bool is_ipv4 = text.find(':') == std::string_view::npos;
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (error != std::errc() || end != digits.data() + digits.size() || bits > (is_ipv4 ? 32 : 128)) {
    return std::nullopt;
  }
  network.bits_ = is_ipv4 ? kMapped * 8 + bits : bits;
  return network;
}

bool IpNetwork::contains(const IpAddress& address) const {
  const auto whole = static_cast<std::ptrdiff_t>(bits_ / 8);
  if (!std::equal(first_.bytes_.begin(), first_.bytes_.begin() + whole, address.bytes_.begin())) {
    return false;
  }
  if (bits_ % 8 == 0) return true;
  const auto at = static_cast<std::size_t>(whole);
  const auto mask = static_cast<std::uint8_t>(0xFF << (8 - bits_ % 8));
  return ((first_.bytes_[at] ^ address.bytes_[at]) & mask) == 0;
}

}  // namespace plughost
