#pragma once

#include <vector>

#include "base/error.hpp"
#include "config/config.hpp"
#include "config/document.hpp"

namespace plughost::config {

/// The keys at the top of the file whose values hold for the life of the process: all but those
/// that are about routes and plugins, and the log level.
FixedSettings read_fixed_settings(const Node& root);

/// One mistake for each of them that is not in next as it is in running.
std::vector<Diagnostic> find_fixed_changes(const Config& running, const Config& next);

}  // namespace plughost::config
