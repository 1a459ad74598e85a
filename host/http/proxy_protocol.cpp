#include "http/proxy_protocol.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace plughost::http {
namespace {

using Status = ProxyHeader::Status;

constexpr std::string_view kSignature1 = "PROXY ";
constexpr std::string_view kSignature2("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t kLongestLine = 107;
constexpr std::size_t kFixedPart = 16;  // of version 2

ProxyHeader with_status(Status status) {
  ProxyHeader header;
  header.status = status;
  return header;
}

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

std::uint16_t number_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(byte_at(bytes, at) << 8 | byte_at(bytes, at + 1));
}

/// Cuts off what stands before the next blank; nothing if there is no blank.
std::optional<std::string_view> take_word(std::string_view& line) {
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const std::string_view word = line.substr(0, blank);
  line.remove_prefix(blank + 1);
  return word;
}

/// As it was written, if inet_pton takes it.
bool read_address(int family, std::string_view text, std::string& address) {
  std::array<std::uint8_t, 16> bytes{};
  address = text;
  return text.find('\0') == std::string_view::npos &&
         inet_pton(family, address.c_str(), bytes.data()) == 1;
}

bool read_port(std::string_view text, std::uint16_t& port) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() &&
         (text.size() == 1 || text.front() != '0');
}

/// line: what stands between "PROXY " and CR LF.
ProxyHeader read_line(std::string_view line, std::size_t size) {
  ProxyHeader header = with_status(Status::complete);
  header.size = size;
  if (line == "UNKNOWN" || line.starts_with("UNKNOWN ")) return header;
  const auto protocol = take_word(line);
  const auto source = take_word(line);
  const auto destination = take_word(line);
  const auto source_port = take_word(line);
  const bool is_v6 = protocol == "TCP6";
  header.has_ends = true;
  const int family = is_v6 ? AF_INET6 : AF_INET;
  if ((is_v6 || protocol == "TCP4") && source_port &&
      read_address(family, *source, header.source.address) &&
      read_address(family, *destination, header.destination.address) &&
      read_port(*source_port, header.source.port) && read_port(line, header.destination.port)) {
    return header;
  }
  return with_status(Status::malformed);
}

ProxyHeader read_version_1(std::string_view bytes) {
  const std::string_view window = bytes.substr(0, kLongestLine);
  const std::size_t end = window.find('\r');
  if (end == std::string_view::npos || end + 1 == window.size()) {
    return with_status(window.size() == kLongestLine ? Status::malformed : Status::need_more);
  }
  if (window[end + 1] != '\n') return with_status(Status::malformed);
  return read_line(window.substr(kSignature1.size(), end - kSignature1.size()), end + 2);
}

/// Two addresses of length bytes each, then two ports.
bool read_ends(std::string_view bytes, int family, std::size_t length, ProxyHeader& header) {
  if (bytes.size() < 2 * length + 4) return false;
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(family, bytes.data(), text.data(), text.size());
  header.source = {text.data(), number_at(bytes, 2 * length)};
  inet_ntop(family, bytes.data() + length, text.data(), text.size());
  header.destination = {text.data(), number_at(bytes, 2 * length + 2)};
  header.has_ends = true;
  return true;
}

ProxyHeader read_version_2(std::string_view bytes) {
  constexpr std::uint8_t kLocal = 0x20;
  constexpr std::uint8_t kProxy = 0x21;
  constexpr std::uint8_t kUnspecified = 0x00;
  constexpr std::uint8_t kTcp4 = 0x11;
  constexpr std::uint8_t kTcp6 = 0x21;
  constexpr std::uint8_t kUnixStream = 0x31;
  constexpr std::size_t kUnixAddresses = 216;

  if (bytes.size() < kFixedPart) return with_status(Status::need_more);
  const std::uint8_t command = byte_at(bytes, 12);
  const std::uint8_t family = byte_at(bytes, 13);
  const std::size_t length = number_at(bytes, 14);
  if ((command != kLocal && command != kProxy) || kFixedPart + length > kLongestProxyHeader) {
    return with_status(Status::malformed);
  }
  if (bytes.size() < kFixedPart + length) return with_status(Status::need_more);
  ProxyHeader header = with_status(Status::complete);
  header.size = kFixedPart + length;
  if (command == kLocal) return header;
  const std::string_view ends = bytes.substr(kFixedPart, length);
  const bool fine = family == kUnspecified ||
                    (family == kTcp4 && read_ends(ends, AF_INET, 4, header)) ||
                    (family == kTcp6 && read_ends(ends, AF_INET6, 16, header)) ||
                    (family == kUnixStream && length >= kUnixAddresses);
  return fine ? header : with_status(Status::malformed);
}

/// True if bytes, cut anywhere, may be the start of signature and what follows.
bool may_start_with(std::string_view bytes, std::string_view signature) {
  const std::size_t common = std::min(bytes.size(), signature.size());
  return bytes.substr(0, common) == signature.substr(0, common);
}

}  // namespace

ProxyHeader read_proxy_header(std::string_view bytes) {
  if (may_start_with(bytes, kSignature1)) {
    return bytes.size() < kSignature1.size() ? with_status(Status::need_more)
                                             : read_version_1(bytes);
  }
  if (!may_start_with(bytes, kSignature2)) return with_status(Status::malformed);
  return bytes.size() < kSignature2.size() ? with_status(Status::need_more) : read_version_2(bytes);
}

}  // namespace plughost::http
