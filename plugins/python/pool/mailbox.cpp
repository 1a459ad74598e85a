#include "pool/mailbox.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace plughost::python::pool {
namespace {

constexpr std::size_t kPayload = 4096;  // the header has the first page to itself
constexpr std::size_t kKeep = 1024 * 1024;

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

bool write_all(int fd, std::string_view bytes, std::size_t offset) noexcept {
  while (!bytes.empty()) {
    const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(n));
    offset += static_cast<std::size_t>(n);
  }
  return true;
}

bool read_all(int fd, std::string& out, std::size_t offset) noexcept {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t n =
        ::pread(fd, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace

Mailbox::Mailbox() : fd_(::memfd_create("plughost-pool", MFD_CLOEXEC)) {
  if (fd_ < 0) fail("memfd_create");
  if (::ftruncate(fd_, kPayload) != 0) {
    ::close(fd_);
    fail("ftruncate");
  }
  map();
}

Mailbox::Mailbox(int fd) : fd_(fd) {
  if (::fcntl(fd_, F_SETFD, FD_CLOEXEC) != 0) fail("fcntl");
  map();
}

Mailbox::~Mailbox() {
  ::munmap(header_, kPayload);
  ::close(fd_);
}

void Mailbox::map() {
  void* at = ::mmap(nullptr, kPayload, PROT_READ | PROT_WRITE, MAP_SHARED, fd_, 0);
  if (at == MAP_FAILED) {
    ::close(fd_);
    fail("mmap");
  }
  header_ = static_cast<Header*>(at);
}

bool Mailbox::put_request(std::string_view bytes) noexcept {
  if (size_ > kKeep && ::ftruncate(fd_, kPayload) == 0) size_ = 0;
  header_->begun.store(0, std::memory_order_relaxed);
  header_->ended.store(0, std::memory_order_relaxed);
  header_->reply_bytes.store(0, std::memory_order_release);
  size_ = std::max(size_, bytes.size());
  return write_all(fd_, bytes, kPayload);
}

std::uint32_t Mailbox::begun() const noexcept {
  return header_->begun.load(std::memory_order_acquire);
}

std::uint32_t Mailbox::ended() const noexcept {
  return header_->ended.load(std::memory_order_acquire);
}

std::uint32_t Mailbox::revoke() noexcept {
  return header_->begun.exchange(kRevoked, std::memory_order_acq_rel);
}

bool Mailbox::take_replies(std::size_t request_bytes, std::string& out) noexcept {
  const std::size_t bytes = header_->reply_bytes.load(std::memory_order_acquire);
  size_ = std::max(size_, request_bytes + bytes);
  try {
    out.resize(bytes);
  } catch (...) {
    return false;
  }
  return read_all(fd_, out, kPayload + request_bytes);
}

void Mailbox::take_request(std::size_t bytes, std::string& out) const {
  out.resize(bytes);
  if (!read_all(fd_, out, kPayload)) fail("reading a request");
}

bool Mailbox::begin(std::uint32_t n) noexcept {
  std::uint32_t last = n - 1;
  return header_->begun.compare_exchange_strong(last, n, std::memory_order_acq_rel);
}

void Mailbox::end(std::uint32_t n, std::size_t request_bytes, std::string_view reply) {
  const std::size_t before = header_->reply_bytes.load(std::memory_order_relaxed);
  if (!write_all(fd_, reply, kPayload + request_bytes + before)) fail("writing a reply");
  header_->reply_bytes.store(before + reply.size(), std::memory_order_release);
  header_->ended.store(n, std::memory_order_release);
}

}  // namespace plughost::python::pool
