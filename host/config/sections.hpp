#pragma once

#include "config/config.hpp"
#include "config/document.hpp"
#include "config/problems.hpp"

/// The parts of the file that are more than single values. Each adds its mistakes to problems.
namespace plughost::config {

/// Everything but plugins and routes, whose nodes it leaves to the two functions below.
void read_settings(const Node& root, Config& config, Problems& problems);

/// `plugins` and `plugin_dir`, each null if it is not in the file. Returns whether all their names
/// are in config.plugins, so that a route's plugin can be looked up there.
bool read_plugins(const Node* plugins, const Node* plugin_dir, Config& config, Problems& problems);

/// Needs config.timeout and config.plugins, which is not asked if it is incomplete: one mistake
/// there would be reported once more for each route.
void read_routes(const Node& routes, bool plugins_complete, Config& config, Problems& problems);

}  // namespace plughost::config
