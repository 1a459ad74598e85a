#pragma once

#include <string>

#include "config/config.hpp"

namespace plughost::config {

/// Reads a routes.yaml.
///
/// checks say what is wrong with patterns and the like (other layers have their grammar, and are
/// not known here), so that their mistakes are reported together with all others.
///
/// Variables (`${VAR}`, `${VAR:-default}`, `$${` for a literal) are replaced in scalars, keys
/// included, from the process environment. `plugin_dir` is listed here, so its plugins are in
/// Config::plugins, and every route names one of those. A route's pattern is not parsed here.
///
/// Threads: [main]; reads the environment.
/// Errors: throws StartError (ExitCode::refused) with every mistake found, in file order.
Config load_yaml(const std::string& file, const Checks& checks = {});

}  // namespace plughost::config
