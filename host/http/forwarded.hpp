#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ip_network.hpp"
#include "http/message.hpp"

/// What proxies say of the client behind them.
namespace plughost::http {

/// What a request's headers say, as far as it may be believed.
struct Forwarded {
  std::optional<IpAddress> client;  ///< none: nothing usable is said
  std::uint16_t client_port = 0;    ///< 0: not said
  std::string_view scheme;          ///< "http" or "https", static; empty: not said
  std::string_view host;            ///< a valid host[:port] within the message; empty: not said
};

using IsTrusted = std::function<bool(const IpAddress&)>;

/// X-Forwarded-For, -Proto and -Host. The client is the right-most address that is not trusted, or
/// the left-most if all are; what stands left of something that is no address is not believed. Of
/// the other two the last value counts: the proxy that spoke to us wrote it.
Forwarded read_x_forwarded(const RequestMessage& message, const IsTrusted& is_trusted);

/// Forwarded (RFC 7239), by the same rule; proto and host are those of the client's element. An
/// element without an address (`unknown`, `_hidden`) ends the walk. A line that breaks the grammar
/// makes the whole field worthless.
Forwarded read_forwarded(const RequestMessage& message, const IsTrusted& is_trusted);

}  // namespace plughost::http
