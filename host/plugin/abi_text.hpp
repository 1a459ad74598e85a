#pragma once

#include <plughost/abi/base.h>

#include <string>
#include <string_view>

/// Text on its way across the boundary.
namespace plughost::plugin {

inline ph_str to_abi(std::string_view text) { return {text.data(), text.size()}; }

/// A null pointer is empty text, whatever the length says.
inline std::string_view to_view(ph_str text) {
  return text.ptr == nullptr ? std::string_view() : std::string_view(text.ptr, text.len);
}

/// "PH_E_BUSY"; a value the ABI does not know is its number.
std::string status_name(ph_status status);

/// text with every control byte made a space, so that it stays one line of a log.
std::string one_line(std::string_view text);

/// text for the log: further lines (of a traceback, say) are indented, so that none of them can be
/// taken for a line of its own; other control bytes are spaces.
std::string indented_lines(std::string_view text);

/// What a plugin says of its failure: its sentence, else the name of the status.
std::string explain(ph_status status, const ph_error& error);

/// Ready to be handed to a plugin.
ph_error empty_error();

}  // namespace plughost::plugin
