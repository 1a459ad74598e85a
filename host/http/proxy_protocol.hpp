#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace plughost::http {

/// One end of the connection that a proxy forwards.
struct ProxiedEnd {
  std::string address;  ///< IPv4 or IPv6, as inet_ntop writes it; empty: not said
  std::uint16_t port = 0;
};

struct ProxyHeader {
  enum class Status {
    need_more,  ///< present the same bytes again, with more behind them
    complete,
    malformed,
  };

  Status status = Status::need_more;
  std::size_t size = 0;  ///< complete: bytes of the header; what follows is the client's
  bool has_ends =
      false;  ///< complete: source and destination are the client's connection; else the
              ///< connection is the proxy's own (LOCAL, UNKNOWN) or of another family
  ProxiedEnd source;
  ProxiedEnd destination;
};

/// The longest header that is read; extensions (TLV) beyond that are refused.
inline constexpr std::size_t kLongestProxyHeader = 4096;

/// Reads what haproxy's PROXY protocol, version 1 or 2, puts in front of a connection's bytes.
///
/// Strict: version 1 as section 2.1 of its specification writes it, in at most 107 bytes; version 2
/// with the stream transports only. Extensions of version 2 are skipped.
ProxyHeader read_proxy_header(std::string_view bytes);

}  // namespace plughost::http
