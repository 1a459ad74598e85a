#include "net/unix_path.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace plughost::net {
namespace {

sockaddr_un address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.native().copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

/// Held while one server looks at a path and takes it; file systems without locks go without.
class FolderLock final {
 public:
  explicit FolderLock(const std::filesystem::path& folder)
      : fd_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (fd_ >= 0) ::flock(fd_, LOCK_EX);
  }
  ~FolderLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  const int fd_;
};

/// True unless connecting is refused, which is what happens where nobody listens any more.
bool has_listener(const std::filesystem::path& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return true;
  const sockaddr_un address = address_of(path);
  const int result = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const bool refused = result != 0 && errno == ECONNREFUSED;
  ::close(fd);
  return !refused;
}

}  // namespace

std::string UnixPath::bind(int socket, std::optional<unsigned> mode, int backlog) {
  const FolderLock lock(path_.parent_path());
  if (std::string mistake = clear_the_way(); !mistake.empty()) return mistake;
  return bind_and_listen(socket, mode, backlog);
}

std::string UnixPath::clear_the_way() const {
  struct stat found {};
  if (::lstat(path_.c_str(), &found) != 0) return "";
  if (!S_ISSOCK(found.st_mode)) return "a file that is no socket lies there";
  if (has_listener(path_)) return "another process listens there";
  if (::unlink(path_.c_str()) == 0 || errno == ENOENT) return "";
  return std::string("the socket file of a dead server lies there and cannot be removed: ") +
         std::strerror(errno);
}

/// Rationale: the mode is set before anybody can connect, and without the umask, which belongs to
/// all threads.
std::string UnixPath::bind_and_listen(int socket, std::optional<unsigned> mode, int backlog) {
  const sockaddr_un address = address_of(path_);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return std::strerror(errno);
  }
  struct stat made {};
  bound_ = ::lstat(path_.c_str(), &made) == 0;
  device_ = made.st_dev;
  inode_ = made.st_ino;
  if (mode && ::chmod(path_.c_str(), *mode) != 0) {
    return std::string("its mode cannot be set: ") + std::strerror(errno);
  }
  return ::listen(socket, backlog) == 0 ? "" : std::strerror(errno);
}

bool UnixPath::is_ours() const noexcept {
  struct stat found {};
  return bound_ && ::lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ &&
         found.st_ino == inode_;
}

void UnixPath::remove() noexcept {
  if (is_ours()) ::unlink(path_.c_str());
  bound_ = false;
}

}  // namespace plughost::net
