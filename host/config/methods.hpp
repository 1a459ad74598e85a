#pragma once

#include <span>
#include <string_view>

namespace plughost::config {

/// The methods that a route may name, in alphabetical order: the IANA HTTP Method Registry but for
/// CONNECT (its target is no path), PRI and `*` (reserved by HTTP/2 and CORS).
std::span<const std::string_view> registered_methods();

}  // namespace plughost::config
