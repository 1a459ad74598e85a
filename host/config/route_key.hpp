#pragma once

#include <string_view>
#include <utility>

#include "config/config.hpp"
#include "config/document.hpp"
#include "config/problems.hpp"

namespace plughost::config {

/// "a  b c" → "a" and "b c".
std::pair<std::string_view, std::string_view> split_word(std::string_view text);

/// Reads `GET|POST /users`: methods and pattern of a route. The pattern is not parsed.
///
/// Errors: adds to problems and returns false.
bool read_route_key(const Node& key, Route& route, Problems& problems);

}  // namespace plughost::config
