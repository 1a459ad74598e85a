#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"

namespace plughost::config {

/// Replaces the variables of one scalar from the process environment.
///
/// `${VAR}` is its value; `${VAR:-default}` the default if VAR is unset or empty, as in a shell;
/// `$${` a literal `${`; any other `$` itself. A value or default is not looked at again.
///
/// Threads: [main]; reads the environment.
/// Errors:  a variable that is not set and has no default, a bad name, a `${` without its `}`.
Result<std::string> substitute_variables(std::string_view text);

}  // namespace plughost::config
