#pragma once

#include <filesystem>
#include <string>

#include "base/error.hpp"

namespace plughost::plugin {

/// Where plugins are looked for.
struct SearchPlaces {
  std::filesystem::path config_dir;      ///< the folder of routes.yaml
  std::filesystem::path executable_dir;  ///< the folder of the host's executable
};

/// Finds a plugin's file.
///
/// A name without '/' is searched in config_dir, in executable_dir, then in
/// executable_dir/../lib/plughost/plugins; a path with '/' is relative to config_dir.
///
/// Errors: a sentence that lists the places tried.
Result<std::filesystem::path> locate(const std::string& name, const SearchPlaces& places);

}  // namespace plughost::plugin
