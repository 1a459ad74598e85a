#pragma once

#include <string>

#include "config/config.hpp"

namespace plughost::config {

/// Reads a routes.yaml.
///
/// check_pattern says what is wrong with a path pattern (routing has the grammar, and is not known
/// here), so that its mistakes are reported together with all others.
///
/// Variables (`${VAR}`, `${VAR:-default}`, `$${` for a literal) are replaced in scalars, keys
/// included, from the process environment. `plugin_dir` is listed here, so its plugins are in
/// Config::plugins, and every route names one of those. A route's pattern is not parsed here.
///
/// Threads: [main]; reads the environment.
/// Errors: throws StartError (ExitCode::refused) with every mistake found, in file order.
Config load_yaml(const std::string& file, const PatternCheck& check_pattern = {});

}  // namespace plughost::config
