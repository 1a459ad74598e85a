#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

namespace plughost::net {

/// The file of a listening Unix socket.
///
/// The socket file of a server that died is replaced; where another process listens, or where
/// something else lies, bind() refuses. Removal leaves the file alone if it is not ours any more,
/// as when a newer server has replaced it.
///
/// Owner: a ListeningSocket. Threads: one at a time.
/// Limits: two servers that start at once do not take the path from each other (a lock on its
///         folder); a program that knows nothing of that lock still may.
class UnixPath final {
 public:
  explicit UnixPath(std::filesystem::path path) : path_(std::move(path)) {}
  ~UnixPath() { remove(); }
  UnixPath(const UnixPath&) = delete;
  UnixPath& operator=(const UnixPath&) = delete;

  /// Binds socket to the path and listens. mode: of the file; none: as the umask says.
  /// Returns what went wrong; empty: nothing.
  std::string bind(int socket, std::optional<unsigned> mode, int backlog);
  void remove() noexcept;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::string bind_and_listen(int socket, std::optional<unsigned> mode, int backlog);
  std::string clear_the_way() const;
  bool is_ours() const noexcept;

  std::filesystem::path path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  bool bound_ = false;
};

}  // namespace plughost::net
