#include "plugin/staging.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/log.hpp"
#include "plugin/content_hash.hpp"

namespace plughost::plugin {
namespace {

using Path = std::filesystem::path;

constexpr int kAttempts = 16;  // another process may remove or replace the copy meanwhile
constexpr std::size_t kHashDigits = 32;
constexpr std::string_view kSuffix = ".staged";
constexpr std::string_view kPrivatePrefix = "plughost-";

std::string read_all(int fd) {
  std::string bytes;
  struct stat status {};
  if (fstat(fd, &status) == 0) bytes.reserve(static_cast<std::size_t>(status.st_size) + 1);
  std::vector<char> chunk(1 << 16);
  ssize_t count = 0;
  while ((count = ::read(fd, chunk.data(), chunk.size())) != 0) {
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw std::system_error(errno, std::generic_category());
    bytes.append(chunk.data(), static_cast<std::size_t>(count));
  }
  return bytes;
}

void write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw std::system_error(errno, std::generic_category());
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

bool names_the_same_file(const Path& path, int fd) {
  struct stat by_name {};
  struct stat by_fd {};
  return ::lstat(path.c_str(), &by_name) == 0 && ::fstat(fd, &by_fd) == 0 &&
         by_name.st_dev == by_fd.st_dev && by_name.st_ino == by_fd.st_ino;
}

/// Nobody but its owner, who is this user or root, may change it.
bool is_trustworthy(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
         (status.st_uid == ::geteuid() || status.st_uid == 0) &&
         (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

FileDescriptor open_to_read(const Path& path) {
  return FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
}

/// The copy at path marked as in use, or nothing if it is not there or not the right one.
FileDescriptor use_existing(const Path& path, const std::string& hash) {
  auto file = open_to_read(path);
  if (!file) return {};
  // A file system without locks (some network ones) works too: nothing is removed there.
  if (::flock(file.get(), LOCK_SH) != 0 && errno == EINTR) return {};
  const bool is_right = names_the_same_file(path, file.get()) && is_trustworthy(file.get()) &&
                        content_hash(read_all(file.get())) == hash;
  return is_right ? std::move(file) : FileDescriptor();
}

struct Original {
  std::string name;
  std::string bytes;
  std::string hash;
  mode_t mode;
};

Original read_original(const Path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) {
    throw std::system_error(errno, std::generic_category());
  }
  Original original{path.filename().string(), read_all(file.get()), {}, 0};
  original.hash = content_hash(original.bytes);
  original.mode = (status.st_mode & 0555) | S_IRUSR;  // as readable as it was, writable by nobody
  return original;
}

/// Writes the copy under a name of its own, then gives it its real one in one step.
void write_copy(const Original& original, const Path& target) {
  static std::atomic<unsigned> counter{0};
  const Path draft = target.parent_path() /
                     ('.' + original.name + '.' + original.hash + '.' + std::to_string(::getpid()) +
                      '-' + std::to_string(counter++) + std::string(kSuffix));
  const FileDescriptor file(::open(draft.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) throw std::system_error(errno, std::generic_category());
  ::flock(file.get(), LOCK_SH);  // or another process that starts now would take it for a left-over
  try {
    write_all(file.get(), original.bytes);
    if (::fchmod(file.get(), original.mode) != 0 || ::fsync(file.get()) != 0 ||
        ::rename(draft.c_str(), target.c_str()) != 0) {
      throw std::system_error(errno, std::generic_category());
    }
  } catch (const std::system_error& error) {
    ::unlink(draft.c_str());
    // Removed in the moment between open and flock: the caller tries again.
    if (error.code() != std::errc::no_such_file_or_directory) throw;
  }
}

FileDescriptor stage_at(const Original& original, const Path& target) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (auto file = use_existing(target, original.hash)) return file;
    write_copy(original, target);
  }
  throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
}

Path private_base() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  return runtime != nullptr && *runtime == '/' ? Path(runtime) : Path("/tmp");
}

/// What hosts left behind that had no time to tidy up.
void remove_unused_private_folders(const Path& base) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(base, error)) {
    struct stat status {};
    if (!entry.path().filename().string().starts_with(kPrivatePrefix)) continue;
    if (::lstat(entry.path().c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) continue;
    if (status.st_uid != ::geteuid()) continue;
    remove_unused_staged_files(entry.path());
    ::rmdir(entry.path().c_str());  // fails, as it should, if something is in use
  }
}

/// A folder that only this user may enter, and the copy in it.
StagedPlace stage_privately(const Original& original, const std::string& name) {
  remove_unused_private_folders(private_base());
  for (int attempt = 0;; ++attempt) {
    auto folder = (private_base() / (std::string(kPrivatePrefix) + "XXXXXX")).string();
    if (::mkdtemp(folder.data()) == nullptr) {
      throw std::system_error(errno, std::generic_category());
    }
    try {
      auto target = Path(folder) / name;
      auto file = stage_at(original, target);
      return {std::move(target), std::move(file), true};
    } catch (const std::system_error& error) {
      ::rmdir(folder.c_str());
      // A host that starts now may take the empty folder for a left-over.
      if (error.code() != std::errc::no_such_file_or_directory || attempt == kAttempts) throw;
    }
  }
}

bool is_read_only(const std::error_code& error) {
  return error == std::errc::read_only_file_system || error == std::errc::permission_denied ||
         error == std::errc::operation_not_permitted;
}

/// `.NAME.<hash>.staged` or `.NAME.<hash>.<process>-<number>.staged`.
bool is_staged_name(std::string_view name) {
  if (!name.starts_with('.') || !name.ends_with(kSuffix)) return false;
  name.remove_suffix(kSuffix.size());
  auto last = name.substr(name.rfind('.') + 1);
  if (last.find('-') != std::string_view::npos) {
    name.remove_suffix(last.size() + 1);
    last = name.substr(name.rfind('.') + 1);
  }
  return last.size() == kHashDigits && last.size() + 2 < name.size() &&
         last.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Result<StagedFile> StagedFile::make(const Path& original_path) try {
  const auto original = read_original(original_path);
  const auto name = '.' + original.name + '.' + original.hash + std::string(kSuffix);
  try {
    auto target = original_path.parent_path() / name;
    auto file = stage_at(original, target);
    return StagedFile({std::move(target), std::move(file), false}, original.hash);
  } catch (const std::system_error& error) {
    if (!is_read_only(error.code())) throw;
  }
  auto place = stage_privately(original, name);
  log::warn("cannot write to " + original_path.parent_path().string() + ": " + original.name +
            " is staged in " + place.path.parent_path().string() +
            "; libraries that it finds by $ORIGIN are not found there");
  return StagedFile(std::move(place), original.hash);
} catch (const std::system_error& error) {
  return Result<StagedFile>::failure("cannot be staged: " + error.code().message());
}

bool StagedFile::is_copy_of(const Path& file) const try {
  return read_original(file).hash == hash_;
} catch (const std::system_error&) {
  return false;
}

StagedFile::~StagedFile() {
  if (!place_.is_private || !place_.in_use) return;
  ::unlink(place_.path.c_str());
  ::rmdir(place_.path.parent_path().c_str());
}

void remove_unused_staged_files(const Path& folder) {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (!is_staged_name(entry.path().filename().string())) continue;
    const auto file = open_to_read(entry.path());
    if (!file || ::flock(file.get(), LOCK_EX | LOCK_NB) != 0) continue;
    if (names_the_same_file(entry.path(), file.get())) ::unlink(entry.path().c_str());
  }
}

}  // namespace plughost::plugin
