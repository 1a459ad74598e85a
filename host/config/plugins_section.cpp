#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "config/json_writer.hpp"
#include "config/keys.hpp"
#include "config/quote.hpp"
#include "config/sections.hpp"

namespace plughost::config {
namespace {

namespace fs = std::filesystem;

bool is_plugin_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

constexpr std::string_view kNameRule =
    " is not a plugin name; use letters, digits, '_', '-' and '.'";

void read_path(const Node& node, Plugin& plugin, Problems& problems) {
  if (const std::string* path = scalar_text(node, "the path of a .so file", problems)) {
    plugin.path = *path;
  }
}

void read_config(const Node& node, Plugin& plugin, Problems& problems) {
  if (node.refused || node.is_null()) return;
  if (node.kind != NodeKind::mapping) {
    return problems.add(node.position,
                        "expected a mapping with the configuration of '" + plugin.name + "'");
  }
  plugin.config_json.clear();
  append_json(node, "", plugin.config_json, plugin.config_positions, problems);
}

bool read_plugin(const Entry& entry, Config& config, Problems& problems) {
  const Node& value = entry.value;
  if (!is_plugin_name(entry.key.text)) {
    problems.add(entry.key.position, quote(entry.key.text) + std::string(kNameRule));
    return false;
  }
  Plugin& plugin = config.plugins.emplace_back();
  plugin.name = entry.key.text;
  plugin.position = entry.key.position;
  plugin.config_json = "{}";
  plugin.config_positions[""] = entry.key.position;
  if (value.kind != NodeKind::mapping) {
    read_path(value, plugin, problems);
    return true;
  }
  read_mapping(value, " of plugin '" + plugin.name + "'",
               {{"path", [&](const Node& node) { read_path(node, plugin, problems); }},
                {"config", [&](const Node& node) { read_config(node, plugin, problems); }}},
               {}, problems);
  if (find(value, "path") == nullptr) {
    problems.add(entry.key.position,
                 "the plugin '" + plugin.name + "' has no 'path'; add the path of its .so file");
  }
  return true;
}

/// The files of the folder that are plugins, by name.
std::vector<fs::path> list_folder(const fs::path& folder, std::error_code& error) {
  std::vector<fs::path> files;
  fs::directory_iterator entries(folder, error);
  while (!error && entries != fs::directory_iterator()) {
    const fs::path& path = entries->path();
    std::error_code ignored;
    if (path.extension() == ".so" && !path.filename().native().starts_with('.') &&
        !fs::is_directory(path, ignored)) {
      files.push_back(path);
    }
    entries.increment(error);
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool add_found(const fs::path& file, const Node& node, Config& config, Problems& problems) {
  Plugin plugin;
  plugin.name = file.stem().string();
  plugin.path = file.string();
  plugin.config_json = "{}";
  plugin.config_positions[""] = node.position;
  plugin.position = node.position;
  if (!is_plugin_name(plugin.name)) {
    problems.add(node.position, quote(plugin.name) + " in " + quote(node.text) +
                                    std::string(kNameRule) + ", and rename the file");
    return false;
  }
  const auto clash = std::find_if(config.plugins.begin(), config.plugins.end(),
                                  [&](const Plugin& known) { return known.name == plugin.name; });
  if (clash != config.plugins.end()) {
    problems.add(node.position, quote(file.filename().string()) + " in " + quote(node.text) +
                                    " has the name of the plugin '" + plugin.name + "' in line " +
                                    std::to_string(clash->position.line) +
                                    "; rename one of the two");
    return true;
  }
  config.plugins.push_back(std::move(plugin));
  return true;
}

bool read_plugin_dir(const Node& node, Config& config, Problems& problems) {
  const std::string* text = scalar_text(node, "the path of a folder", problems);
  if (text == nullptr) return false;
  const fs::path folder = config.directory / *text;
  std::error_code error;
  const std::vector<fs::path> files = list_folder(folder, error);
  if (error) {
    problems.add(node.position, "the folder '" + folder.string() + "' cannot be listed: " +
                                    error.message() + "; make it, or remove 'plugin_dir'");
    return false;
  }
  bool complete = true;
  for (const fs::path& file : files) complete &= add_found(file, node, config, problems);
  return complete;
}

}  // namespace

bool read_plugins(const Node* plugins, const Node* plugin_dir, Config& config, Problems& problems) {
  bool complete = true;
  if (plugins != nullptr && plugins->kind != NodeKind::mapping && !plugins->is_null()) {
    complete = false;
    if (!plugins->refused) {
      problems.add(plugins->position,
                   "'plugins' must be a mapping with lines like 'native: native_plugin.so'");
    }
  } else if (plugins != nullptr) {
    for (const Entry& entry : plugins->entries) complete &= read_plugin(entry, config, problems);
  }
  if (plugin_dir != nullptr) complete &= read_plugin_dir(*plugin_dir, config, problems);
  return complete;
}

}  // namespace plughost::config
