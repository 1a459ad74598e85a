#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "config/yaml_loader.hpp"

namespace plughost::config::testing {

/// A new folder with a routes.yaml; removed with everything in it.
class ConfigFolder final {
 public:
  explicit ConfigFolder(const std::string& yaml = "") {
    std::string name = (std::filesystem::temp_directory_path() / "plughost-config-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
    add("routes.yaml", yaml);
  }
  ~ConfigFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ConfigFolder(const ConfigFolder&) = delete;
  ConfigFolder& operator=(const ConfigFolder&) = delete;

  void add(const std::string& file, const std::string& content = "") const {
    std::filesystem::create_directories((path_ / file).parent_path());
    std::ofstream(path_ / file, std::ios::binary) << content;
  }

  const std::filesystem::path& path() const { return path_; }
  std::string file() const { return (path_ / "routes.yaml").string(); }

  /// What load_yaml says of it, one line a mistake, with the folder's name as FOLDER.
  std::string mistakes() const {
    std::string lines;
    try {
      load_yaml(file());
    } catch (const StartError& error) {
      for (const Diagnostic& diagnostic : error.diagnostics()) {
        lines += diagnostic.to_string() + '\n';
      }
    }
    const std::string name = path_.string();
    for (std::size_t at = lines.find(name); at != std::string::npos; at = lines.find(name, at)) {
      lines.replace(at, name.size(), "FOLDER");
    }
    for (std::size_t at = 0; (at = lines.find("FOLDER/routes.yaml", at)) != std::string::npos;) {
      lines.erase(at, std::string("FOLDER/").size());
    }
    return lines;
  }

 private:
  std::filesystem::path path_;
};

/// The mistakes of that text as a routes.yaml.
inline std::string mistakes(const std::string& yaml) { return ConfigFolder(yaml).mistakes(); }

/// Loads that text as a routes.yaml.
inline Config load(const std::string& yaml) { return load_yaml(ConfigFolder(yaml).file()); }

struct MistakeRow {
  const char* name;
  const char* yaml;
  const char* expected;
};

}  // namespace plughost::config::testing
