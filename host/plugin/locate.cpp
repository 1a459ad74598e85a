#include "plugin/locate.hpp"

#include <system_error>
#include <vector>

namespace plughost::plugin {
namespace {

using Path = std::filesystem::path;

std::vector<Path> candidates(const std::string& name, const SearchPlaces& places) {
  if (name.find('/') != std::string::npos) return {places.config_dir / name};
  return {places.config_dir / name, places.executable_dir / name,
          places.executable_dir / "../lib/plughost/plugins" / name};
}

std::string joined(const std::vector<Path>& paths) {
  std::string text;
  for (const auto& path : paths) {
    if (!text.empty()) text += ", ";
    text += path.string();
  }
  return text;
}

}  // namespace

Result<Path> locate(const std::string& name, const SearchPlaces& places) {
  std::vector<Path> tried;
  for (const auto& candidate : candidates(name, places)) {
    auto path = std::filesystem::absolute(candidate).lexically_normal();
    std::error_code error;
    if (std::filesystem::is_regular_file(path, error)) return path;
    tried.push_back(std::move(path));
  }
  return Result<Path>::failure("no such file; looked for " + joined(tried));
}

}  // namespace plughost::plugin
