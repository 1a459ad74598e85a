#pragma once

#include <filesystem>

#include "base/error.hpp"

namespace plughost::plugin {

/// A mapped shared library. The only user of the dynamic loader.
///
/// Rationale: never unmapped. A live thread or a pthread_key destructor of a plugin would run into
/// unmapped memory; a mapping costs some tens of KiB.
///
/// Owner:   any; the mapping itself lives as long as the process.
/// Threads: open() on the plugin's control thread, as it runs static constructors; symbol on [any].
/// Errors:  a sentence without the path: no such file, no shared library, the loader's own words.
class SharedLibrary final {
 public:
  static Result<SharedLibrary> open(const std::filesystem::path& file);

  /// Null if the library does not export it.
  void* symbol(const char* name) const noexcept;

 private:
  explicit SharedLibrary(void* handle) : handle_(handle) {}

  void* handle_;
};

}  // namespace plughost::plugin
