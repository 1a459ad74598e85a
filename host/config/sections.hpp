#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/document.hpp"
#include "config/problems.hpp"

/// The parts of the file that are more than single values. Each adds its mistakes to problems.
namespace plughost::config {

/// Everything but plugins and routes, whose nodes it leaves to the two functions below.
void read_settings(const Node& root, Config& config, Problems& problems);

void read_proxies(const Node& node, Proxies& proxies, Problems& problems);

/// `cors` of the file or of a route: `none`, origins, or a mapping.
void read_cors(const Node& node, std::shared_ptr<const Cors>& target, Problems& problems);

/// `compress` of a route: true or false, a content coding or a list of them.
void read_compress(const Node& node, std::vector<std::string>& codings, Problems& problems);

void read_admin(const Node& node, Config& config, Problems& problems);

void read_listen(const Node& node, Config& config, Problems& problems);

/// `plugins` and `plugin_dir`, each null if it is not in the file. Returns whether all their names
/// are in config.plugins, so that a route's plugin can be looked up there.
bool read_plugins(const Node* plugins, const Node* plugin_dir, Config& config, Problems& problems);

/// The value of `tls`. The files that it names are not opened here.
void read_tls(const Node& node, Config& config, Problems& problems);

struct RouteChecks {
  bool plugins_complete;  ///< else a mistake there would be reported once more for each route
  const Checks& others;
};

/// Needs config.timeout and config.plugins.
void read_routes(const Node& routes, const RouteChecks& checks, Config& config, Problems& problems);

/// One line of `routes`, for read_routes; added to routes unless its key is at fault.
void read_route(const Entry& line, const RouteChecks& checks, const Config& config,
                std::vector<Route>& routes, Problems& problems);

}  // namespace plughost::config
