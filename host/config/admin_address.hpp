#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "config/config.hpp"

namespace plughost::config {

/// Reads an address as `admin` and --admin spell it: as for `listen`, but not "systemd", or "none",
/// which is nothing. A relative path is relative to folder.
Result<std::optional<ListenAddress>> parse_admin_address(const std::string& text,
                                                         const std::filesystem::path& folder);

/// What is wrong with the admin address beside those of `listen`; empty: nothing.
std::string find_admin_clash(const Config& config);

}  // namespace plughost::config
