#pragma once

#include <string>

#include "config/config.hpp"

namespace plughost::plugin {

/// Where in routes.yaml the value stands that a JSON pointer names, or the nearest value around it
/// whose place is known; else fallback.
SourcePosition find_position(const config::Positions& positions, const std::string& pointer,
                             SourcePosition fallback);

}  // namespace plughost::plugin
