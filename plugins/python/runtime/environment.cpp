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

/// The version in pyvenv.cfg: venv calls it `version`, virtualenv `version_info`. Empty: none.
std::string version_of(const fs::path& settings) {
  std::ifstream file(settings);
  for (std::string line; std::getline(file, line);) {
    const auto equals = line.find('=');
    if (equals == std::string::npos) continue;
    const auto key = trimmed(std::string_view(line).substr(0, equals));
    if (key != "version" && key != "version_info") continue;
    return std::string(trimmed(std::string_view(line).substr(equals + 1)));
  }
  return {};
}

}  // namespace

std::string python_executable(const std::string& venv) {
  if (venv.empty()) return PLUGHOST_PYTHON;
  const fs::path folder = venv;
  std::error_code ignored;
  if (!fs::is_regular_file(folder / "pyvenv.cfg", ignored)) {
    refuse("there is no virtual environment at " + venv + " (no pyvenv.cfg)", venv, "");
  }
  const std::string version = version_of(folder / "pyvenv.cfg");
  if ((version + '.').compare(0, kEmbedded.size() + 1, kEmbedded + '.') != 0) {
    refuse("the virtual environment " + venv + " is of Python " +
               (version.empty() ? "an unknown version" : version) + ", this server embeds Python " +
               kEmbedded,
           venv, "--clear ");
  }
  const fs::path executable = folder / "bin" / "python3";
  if (!fs::exists(executable, ignored)) {
    refuse("the virtual environment " + venv + " has no bin/python3", venv, "--clear ");
  }
  return executable.string();
}

}  // namespace plughost::python
