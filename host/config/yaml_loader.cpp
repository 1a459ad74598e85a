#include "config/yaml_loader.hpp"

#include <filesystem>
#include <optional>

#include "config/document.hpp"
#include "config/document_reader.hpp"
#include "config/fixed_settings.hpp"
#include "config/problems.hpp"
#include "config/sections.hpp"
#include "config/source_text.hpp"

namespace plughost::config {

Config load_yaml(const std::string& file, const Checks& checks) {
  const SourceText source = read_source(file);
  Problems problems(file);
  Config config;
  config.file = file;
  config.directory = std::filesystem::absolute(file).parent_path();
  if (const std::optional<Node> root = read_document(source, problems)) {
    read_settings(*root, config, problems);
    config.fixed = read_fixed_settings(*root);
    const bool complete =
        read_plugins(find(*root, "plugins"), find(*root, "plugin_dir"), config, problems);
    if (const Node* routes = find(*root, "routes")) {
      read_routes(*routes, {complete, checks}, config, problems);
    } else if (config.plugins.empty()) {
      problems.add({}, kNoRoutes);
    } else {
      config.has_routes = false;
    }
  }
  problems.throw_if_any();
  return config;
}

}  // namespace plughost::config
