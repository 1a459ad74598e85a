#pragma once

#include <string>
#include <string_view>

namespace plughost::routing {

/// Appends text with its percent-escapes decoded (RFC 3986 section 2.1), once.
///
/// Errors: false if an escape is not two hexadecimal digits or is %00; out then has what came
///         before it.
bool append_percent_decoded(std::string& out, std::string_view text);

}  // namespace plughost::routing
