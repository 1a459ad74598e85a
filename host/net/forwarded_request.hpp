#pragma once

#include "config/config.hpp"
#include "dispatch/request.hpp"

/// Requests that come by way of a proxy.
namespace plughost::net {

/// Whether what a client with that address says of others is believed.
bool is_trusted(const config::Proxies& proxies, const dispatch::Endpoint& client);

/// Puts what the headers of a trusted proxy say into the request: client, forwarded_scheme and
/// message.host. What is not said, or malformed, stays as it is.
void apply_forwarded(const config::Proxies& proxies, dispatch::Request& request);

}  // namespace plughost::net
