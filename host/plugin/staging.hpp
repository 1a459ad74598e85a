#pragma once

#include <filesystem>
#include <string>

#include "base/error.hpp"
#include "base/file_descriptor.hpp"

namespace plughost::plugin {

/// Where a copy is, and the mark that it is in use.
struct StagedPlace {
  std::filesystem::path path;
  FileDescriptor in_use;  ///< holds a shared lock on it
  bool is_private;        ///< in a folder made for it alone
};

/// A private copy of a plugin's file, the one that is really mapped.
///
/// Rationale: a file renamed over a mapped path gives the old code again, one overwritten in place
/// ends the process by SIGBUS. The copy is named `.NAME.<hash>.staged`, beside the original, where
/// the libraries that it finds by $ORIGIN are; a read-only folder is replaced by a private one.
///
/// Owner:   its Plugin, for its whole life: while it exists, the file is marked as in use (by
///          flock) for every plughost on this machine.
/// Threads: the files belong to no thread; two processes may stage the same plugin at once.
class StagedFile final {
 public:
  /// Errors: a sentence with the cause. An identical copy that is there already is used again.
  static Result<StagedFile> make(const std::filesystem::path& original);

  /// Removes a private folder; a copy beside the original stays for the next start.
  ~StagedFile();
  StagedFile(StagedFile&&) = default;
  StagedFile& operator=(StagedFile&&) = delete;

  const std::filesystem::path& path() const { return place_.path; }

  /// Whether file has the same content. False also if it cannot be read.
  bool is_copy_of(const std::filesystem::path& file) const;

 private:
  StagedFile(StagedPlace place, std::string hash)
      : place_(std::move(place)), hash_(std::move(hash)) {}

  StagedPlace place_;
  std::string hash_;
};

/// Removes the copies in folder that no process has in use.
void remove_unused_staged_files(const std::filesystem::path& folder);

}  // namespace plughost::plugin
