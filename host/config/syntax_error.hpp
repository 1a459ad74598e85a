#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "config/source_text.hpp"

namespace plughost::config {

struct SyntaxError {
  SourcePosition position;
  std::string message;
};

/// Says in a person's words what broke the YAML.
///
/// reason and place are what the parser said; open_bracket is where the innermost `{` or `[`
/// began that it had not seen closed. Recognised: an IPv6 address and `${…}` inside brackets
/// without quotes, which YAML itself cannot read.
SyntaxError explain_syntax_error(const SourceText& source, std::string_view reason,
                                 SourcePosition place, std::optional<SourcePosition> open_bracket);

/// True for `::1` and the like: at least two colons and nothing that an IPv6 address never has.
bool looks_like_ipv6(std::string_view text);

/// False if the file ends before the quote that starts at that place is closed.
bool is_quote_closed(const SourceText& source, SourcePosition start);

}  // namespace plughost::config
