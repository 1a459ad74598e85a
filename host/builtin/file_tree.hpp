#pragma once

#include <sys/stat.h>

#include <filesystem>
#include <string_view>
#include <utility>

#include "base/file_descriptor.hpp"

namespace plughost::builtin {

/// A regular file or a folder that was looked for.
struct OpenFile {
  FileDescriptor fd;    ///< empty: error says why
  struct stat info {};  ///< if there is one
  int error = 0;        ///< an errno value

  bool is_folder() const { return S_ISDIR(info.st_mode); }
};

/// The files below a folder, and no others.
///
/// The folder itself is found anew each time: what was moved into its place is served at once.
/// Rationale: each part of a name is opened from the folder before it, and a symbolic link is
/// followed by hand, so that no change of the tree meanwhile leads out of it.
///
/// Threads: open on [any].
class FileTree final {
 public:
  enum class Links {
    inside,    ///< those that lead out of the folder are refused
    anywhere,  ///< followed wherever they lead
  };

  /// path: a folder, or a file that is the whole tree.
  FileTree(std::filesystem::path path, Links links) : path_(std::move(path)), links_(links) {}

  /// name: relative, with `/` between its parts; empty: what path names. ENOENT: also for a name
  /// with an empty, `.` or `..` part, with a hidden one (`.git`, but not `.well-known`), and for
  /// what is neither a regular file nor a folder. ELOOP: also for a link that leads out.
  OpenFile open(std::string_view name) const;

  const std::filesystem::path& path() const { return path_; }

 private:
  const std::filesystem::path path_;
  const Links links_;
};

}  // namespace plughost::builtin
