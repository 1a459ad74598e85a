#pragma once

#include <string>

#include "config/config.hpp"
#include "config/document.hpp"
#include "config/problems.hpp"

namespace plughost::config {

/// Appends a value as JSON and records where it and the values in it stand.
///
/// Types follow the YAML 1.2 core schema: plain scalars may be null, booleans or numbers, quoted
/// ones are strings. Integers keep all their digits; hexadecimal and octal ones become decimal.
///
/// pointer: the JSON pointer (RFC 6901) of the value itself, "" for the outermost.
/// Errors:  adds to problems a number that JSON cannot hold.
void append_json(const Node& node, const std::string& pointer, std::string& out,
                 Positions& positions, Problems& problems);

/// The pointer of a member of the value at pointer.
std::string member_pointer(const std::string& pointer, const std::string& key);

/// Appends a plain scalar; false for a number that JSON cannot hold.
bool append_plain_scalar(const std::string& text, std::string& out);

}  // namespace plughost::config
