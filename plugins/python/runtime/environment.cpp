#include "runtime/environment.hpp"

#include <patchlevel.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>

#include "core/target.hpp"

namespace plughost::python {
namespace {

namespace fs = std::filesystem;

const std::string kEmbedded =
    std::to_string(PY_MAJOR_VERSION) + '.' + std::to_string(PY_MINOR_VERSION);

[[noreturn]] void refuse(const std::string& what, const std::string& venv, const char* option) {
  const char* activated = std::getenv("VIRTUAL_ENV");
  const bool is_activated = activated != nullptr && venv == activated;
  throw BindError(
      "/venv", what + "; make one with " PLUGHOST_PYTHON " -m venv " + option + venv +
                   (is_activated ? ", or leave the one that VIRTUAL_ENV names (deactivate)" : ""));
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

/// What pyvenv.cfg says. venv calls the version `version`, virtualenv `version_info`.
struct VenvSettings {
  std::string home;  ///< the folder of the interpreter that made it
  std::string version;
};

VenvSettings read_settings(const fs::path& path) {
  VenvSettings settings;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const auto equals = line.find('=');
    if (equals == std::string::npos) continue;
    const auto key = trimmed(std::string_view(line).substr(0, equals));
    const std::string value(trimmed(std::string_view(line).substr(equals + 1)));
    if (key == "home") settings.home = value;
    if (key == "version" || key == "version_info") settings.version = value;
  }
  return settings;
}

/// Another build of the same version has a standard library of its own, which does not fit.
bool is_of_this_python(const fs::path& home) {
  std::error_code ignored;
  return home.empty() || fs::equivalent(home, fs::path(PLUGHOST_PYTHON).parent_path(), ignored);
}

}  // namespace

std::string python_executable(const std::string& venv) {
  if (venv.empty()) return PLUGHOST_PYTHON;
  const fs::path folder = venv;
  std::error_code ignored;
  if (!fs::is_regular_file(folder / "pyvenv.cfg", ignored)) {
    refuse("there is no virtual environment at " + venv + " (no pyvenv.cfg)", venv, "");
  }
  const auto [home, version] = read_settings(folder / "pyvenv.cfg");
  if ((version + '.').compare(0, kEmbedded.size() + 1, kEmbedded + '.') != 0) {
    refuse("the virtual environment " + venv + " is of Python " +
               (version.empty() ? "an unknown version" : version) + ", this server embeds Python " +
               kEmbedded,
           venv, "--clear ");
  }
  if (!is_of_this_python(home)) {
    refuse("the virtual environment " + venv + " is of the Python in " + home +
               ", this server embeds that of " PLUGHOST_PYTHON,
           venv, "--clear ");
  }
  const fs::path executable = folder / "bin" / "python3";
  if (!fs::exists(executable, ignored)) {
    refuse("the virtual environment " + venv + " has no bin/python3", venv, "--clear ");
  }
  return executable.string();
}

}  // namespace plughost::python
