#pragma once

#include <string_view>

namespace plughost::http {

/// The media type of a file by its extension, with `charset=utf-8` for text;
/// application/octet-stream for what is not known.
std::string_view media_type_of(std::string_view file_name);

/// True for types whose bytes a content coding makes smaller: text, JSON, XML, SVG, WebAssembly and
/// the like. Parameters of the type are not looked at.
bool is_compressible(std::string_view media_type);

}  // namespace plughost::http
