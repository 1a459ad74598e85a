#pragma once

#include <filesystem>

#include "base/error.hpp"
#include "config/config.hpp"

namespace plughost {

/// Proves a configuration without serving it: opens the certificates, loads every plugin, binds
/// every route, and takes all of it back. Nothing is started: no worker, no on_startup.
///
/// Mistakes go to stderr, a line each; else stdout says how much was checked.
/// Threads: [main], which listens to signals meanwhile.
/// Limits:  each call into a plugin has Config::plugin_timeout. If one overruns, the process ends
///          here.
ExitCode check(const config::Config& config, const std::filesystem::path& executable_directory);

}  // namespace plughost
