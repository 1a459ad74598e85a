#include "builtin/file_tree.hpp"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <string>
#include <vector>

#include "config/served_name.hpp"

namespace plughost::builtin {
namespace {

constexpr int kMostLinks = 40;  // as the kernel has it
constexpr int kAsFolder = O_PATH | O_DIRECTORY | O_CLOEXEC;
// A pipe that nobody writes to must not hold the thread, nor a terminal become the server's.
constexpr int kAsFile = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

/// Cuts the first part off, and the slashes behind it.
std::string cut_part(std::string& path) {
  const std::size_t slash = std::min(path.find('/'), path.size());
  std::string part = path.substr(0, slash);
  path.erase(0, std::min(path.find_first_not_of('/', slash), path.size()));
  return part;
}

/// The way from a folder to one name below it. Fails with errno.
class Walk final {
 public:
  Walk(FileDescriptor folder, std::string_view name) : rest_(name) {
    folders_.push_back(std::move(folder));
  }

  FileDescriptor go() {
    for (;;) {
      std::string part = cut_part(rest_);
      const bool is_last = rest_.empty();
      if (part == "..") {
        if (!leave_folder()) return {};
        part = ".";
      }
      FileDescriptor opened = open(part, is_last);
      if (opened && is_last) return opened;
      if (!opened && !follow(part)) return {};
      if (opened && part != ".") folders_.push_back(std::move(opened));
    }
  }

 private:
  FileDescriptor open(const std::string& part, bool is_last) const {
    const int kind = is_last ? kAsFile : kAsFolder;
    return FileDescriptor(::openat(folders_.back().get(), part.c_str(), kind | O_NOFOLLOW));
  }

  /// Only a link has `..` in it.
  bool leave_folder() {
    errno = ELOOP;
    if (folders_.size() == 1) return false;
    folders_.pop_back();
    return true;
  }

  /// Puts where the link leads in place of it. False: it is no link, or one that leads out.
  bool follow(const std::string& part) {
    const int error = errno;
    if (error != ELOOP && error != ENOTDIR) return false;
    std::array<char, PATH_MAX> target;
    const auto size =
        ::readlinkat(folders_.back().get(), part.c_str(), target.data(), target.size());
    errno = size < 0 ? error : ELOOP;
    const auto length = static_cast<std::size_t>(std::max<ssize_t>(size, 0));
    if (length == 0 || length == target.size() || target[0] == '/') return false;
    if (++links_ > kMostLinks) return false;
    if (!rest_.empty()) rest_.insert(0, 1, '/');
    rest_.insert(0, target.data(), length);
    return true;
  }

  std::vector<FileDescriptor> folders_;  // on the way, the outermost first
  std::string rest_;
  int links_ = 0;
};

}  // namespace

OpenFile FileTree::open(std::string_view name) const {
  OpenFile file;
  const auto failure = [&file](int error) {
    file.error = error;
    return std::move(file);
  };

  if (!name.empty() && !config::is_served_name(name)) return failure(ENOENT);
  FileDescriptor fd(::open(path_.c_str(), name.empty() ? kAsFile : kAsFolder));
  if (!fd) return failure(errno);
  if (!name.empty() && links_ == Links::anywhere) {
    fd = FileDescriptor(::openat(fd.get(), std::string(name).c_str(), kAsFile));
  } else if (!name.empty()) {
    fd = Walk(std::move(fd), name).go();
  }
  if (!fd || ::fstat(fd.get(), &file.info) != 0) return failure(errno);
  if (!S_ISREG(file.info.st_mode) && !S_ISDIR(file.info.st_mode)) return failure(ENOENT);
  file.fd = std::move(fd);
  return file;
}

}  // namespace plughost::builtin
