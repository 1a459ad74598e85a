#pragma once

#include <memory>
#include <vector>

#include "config/config.hpp"
#include "net/inherited_sockets.hpp"
#include "net/listening_socket.hpp"

namespace plughost::net {

/// Opens a socket for each address of Config::listen, for `systemd` one for each inherited socket
/// that no other entry names. Closes the inherited sockets that no entry takes, with a warning.
///
/// Errors: throws StartError (ExitCode::cannot_listen) with every address that cannot be used.
std::vector<std::unique_ptr<ListeningSocket>> open_sockets(const config::Config& config,
                                                           std::vector<InheritedSocket> inherited);

}  // namespace plughost::net
