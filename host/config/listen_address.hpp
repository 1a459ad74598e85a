#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "config/config.hpp"

namespace plughost::config {

/// Reads an address as `listen` and --listen spell it: "127.0.0.1:8000", "[::1]:0", "localhost:80",
/// "unix:/run/x.sock", "systemd", "systemd:NAME". The position is left at 0, a path as written.
Result<ListenAddress> parse_listen_address(const std::string& text);

/// As `listen` spells it.
std::string to_string(const ListenAddress& address);

/// Makes the path of a Unix socket absolute: a relative one is relative to folder.
/// Returns what is wrong with it then; empty: nothing.
std::string place_unix_socket(ListenAddress& address, const std::filesystem::path& folder);

/// What is wrong with adding address to addresses; empty: nothing.
std::string find_repeated(const std::vector<ListenAddress>& addresses,
                          const ListenAddress& address);

}  // namespace plughost::config
