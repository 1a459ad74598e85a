#pragma once

#include <string>
#include <vector>

namespace plughost::net {

/// A listening socket that systemd made and passed on (sd_listen_fds(3)).
struct InheritedSocket {
  int fd;
  std::string name;  ///< FileDescriptorName of the .socket unit; "unknown" if it has none
};

/// The sockets of this process's LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES, from descriptor 3 on.
///
/// Marks them close-on-exec and unsets the three variables, so that no child takes them for its
/// own. Variables that are meant for another process are unset too, and nothing is returned.
///
/// Owner:   the caller, who closes what he does not use.
/// Threads: [main], while it is the only thread: the environment changes. Once, before anything
///          is opened that might close descriptors it does not know.
std::vector<InheritedSocket> take_inherited_sockets();

}  // namespace plughost::net
