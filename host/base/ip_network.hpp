#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plughost {

/// An IPv4 or IPv6 address. IPv4 is kept as its IPv4-mapped IPv6 address, so that both compare.
class IpAddress final {
 public:
  /// "10.0.0.1", "2001:db8::1"; no port, no brackets, no zone.
  static std::optional<IpAddress> parse(std::string_view text);

  bool is_ipv4() const;
  std::string text() const;

  friend bool operator==(const IpAddress&, const IpAddress&) = default;

 private:
  friend class IpNetwork;
  std::array<std::uint8_t, 16> bytes_{};
};

/// All addresses that begin with the same bits.
class IpNetwork final {
 public:
  /// "10.0.0.0/8", "2001:db8::/32", or one address. Bits behind the prefix do not count.
  static std::optional<IpNetwork> parse(std::string_view text);

  bool contains(const IpAddress& address) const;

 private:
  IpAddress first_;
  unsigned bits_ = 128;
};

}  // namespace plughost
