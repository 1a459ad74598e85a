#pragma once

#include <filesystem>

#include "config/config.hpp"
#include "config/document.hpp"
#include "config/problems.hpp"

/// What the host itself answers on a route. Each adds its mistakes to problems.
namespace plughost::config {

/// A status, a text, or a mapping with status, body, type and headers.
void read_respond(const Node& node, const HeaderCheck& check, Route& route, Problems& problems);

/// Needs route.pattern.
void read_redirect(const Node& node, const RedirectCheck& check, Route& route, Problems& problems);
void read_redirect_status(const Node& node, Redirect& redirect, Problems& problems);

/// A folder or file relative to directory, or a mapping with its path and how it is served. Needs
/// route.pattern and route.methods.
void read_static(const Node& node, const std::filesystem::path& directory, Route& route,
                 Problems& problems);

}  // namespace plughost::config
