#pragma once

#include <sys/socket.h>

#include <memory>

#include "dispatch/request.hpp"

namespace plughost::net {

/// The address as text and its port; empty for anything but IPv4 and IPv6. An IPv4 client of an
/// IPv6 socket has its IPv4 address.
dispatch::Endpoint to_endpoint(const sockaddr_storage& address);

/// The client's end of a connected socket.
std::shared_ptr<const dispatch::Endpoint> peer_endpoint(int fd);

/// The server's end of a connected or listening socket.
std::shared_ptr<const dispatch::Endpoint> local_endpoint(int fd);

}  // namespace plughost::net
