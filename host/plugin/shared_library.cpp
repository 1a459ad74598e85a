#include "plugin/shared_library.hpp"

#include <dlfcn.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>

namespace plughost::plugin {
namespace {

constexpr std::string_view kElfMagic = "\177ELF";

/// Empty: it may be a shared library.
std::string objection_to(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return std::strerror(errno);
  std::array<char, kElfMagic.size()> magic{};
  stream.read(magic.data(), magic.size());
  if (!stream || std::string_view(magic.data(), magic.size()) != kElfMagic) {
    return "not a shared library (no ELF header)";
  }
  return {};
}

std::string loader_error(const std::filesystem::path& file) {
  const char* text = dlerror();
  std::string message = text != nullptr ? text : "the dynamic loader gives no reason";
  const auto prefix = file.string() + ": ";
  if (message.starts_with(prefix)) message.erase(0, prefix.size());
  return message;
}

}  // namespace

Result<SharedLibrary> SharedLibrary::open(const std::filesystem::path& file) {
  if (auto objection = objection_to(file); !objection.empty()) {
    return Result<SharedLibrary>::failure(std::move(objection));
  }
  // RTLD_LAZY would let a missing symbol end the process at its first call.
  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return Result<SharedLibrary>::failure(loader_error(file));
  return SharedLibrary(handle);
}

void* SharedLibrary::symbol(const char* name) const noexcept { return dlsym(handle_, name); }

}  // namespace plughost::plugin
