#pragma once

#include <optional>

#include "config/document.hpp"
#include "config/problems.hpp"
#include "config/source_text.hpp"

namespace plughost::config {

/// Parses the file's YAML and replaces the variables in its scalars, keys included.
///
/// Refused beside what YAML refuses: duplicate keys, keys that are no scalars, anchors, aliases,
/// `<<`, tags, a second document, anything but a mapping at the top.
///
/// Threads: [main]; reads the environment.
/// Errors:  adds to problems. Nothing is returned if there is no document to look into.
/// Limits:  500 levels (yaml-cpp's own).
std::optional<Node> read_document(const SourceText& source, Problems& problems);

}  // namespace plughost::config
