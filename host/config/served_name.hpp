#pragma once

#include <string_view>

namespace plughost::config {

/// Whether `static` may serve a file of that name, `/` between its parts: none is empty, and none
/// is hidden, `..` included, but `.well-known` (RFC 8615).
bool is_served_name(std::string_view name);

}  // namespace plughost::config
