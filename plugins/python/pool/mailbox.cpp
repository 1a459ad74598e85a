#include "pool/mailbox.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace plughost::python::pool {
namespace {

constexpr std::size_t kPayload = 128;  // the header has cache lines of its own
constexpr std::size_t kMapped = 64 * 1024;
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

Mailbox::Mailbox() : memory_(kMapped) { static_assert(sizeof(Header) <= kPayload); }

Mailbox::Mailbox(int fd) : memory_(fd, kMapped) {}

/// Null: not within what is mapped.
char* Mailbox::mapped(std::size_t offset, std::size_t bytes) const noexcept {
  if (bytes > kMapped || offset > kMapped - bytes) return nullptr;
  return static_cast<char*>(memory_.data()) + offset;
}

bool Mailbox::write(std::size_t offset, std::string_view bytes) noexcept {
  char* const place = mapped(offset, bytes.size());
  if (place == nullptr) return write_all(fd(), bytes, offset);
  std::memcpy(place, bytes.data(), bytes.size());
  return true;
}

bool Mailbox::read(std::size_t offset, std::string& out) noexcept {
  const char* const place = mapped(offset, out.size());
  if (place == nullptr) return read_all(fd(), out, offset);
  std::memcpy(out.data(), place, out.size());
  return true;
}

bool Mailbox::put_request(std::string_view bytes) noexcept {
  if (file_bytes_ > kKeep && ::ftruncate(fd(), kMapped) == 0) file_bytes_ = 0;
  header().begun.store(0, std::memory_order_relaxed);
  header().ended.store(0, std::memory_order_relaxed);
  header().reply_bytes.store(0, std::memory_order_relaxed);
  header().request_bytes.store(bytes.size(), std::memory_order_release);
  request_bytes_ = bytes.size();
  file_bytes_ = std::max(file_bytes_, bytes.size());
  return write(kPayload, bytes);
}

std::uint32_t Mailbox::begun() const noexcept {
  return header().begun.load(std::memory_order_acquire);
}

std::uint32_t Mailbox::ended() const noexcept {
  return header().ended.load(std::memory_order_acquire);
}

std::uint32_t Mailbox::revoke() noexcept {
  return header().begun.exchange(kRevoked, std::memory_order_acq_rel);
}

bool Mailbox::take_replies(std::string& out) noexcept {
  const std::size_t bytes = header().reply_bytes.load(std::memory_order_acquire);
  file_bytes_ = std::max(file_bytes_, request_bytes_ + bytes);
  try {
    out.resize(bytes);
  } catch (...) {
    return false;
  }
  return read(kPayload + request_bytes_, out);
}

std::string_view Mailbox::take_request(std::string& buffer) {
  request_bytes_ = header().request_bytes.load(std::memory_order_acquire);
  if (const char* const place = mapped(kPayload, request_bytes_)) return {place, request_bytes_};
  buffer.resize(request_bytes_);
  if (!read(kPayload, buffer)) fail("reading a request");
  return buffer;
}

bool Mailbox::begin(std::uint32_t n) noexcept {
  std::uint32_t last = n - 1;
  return header().begun.compare_exchange_strong(last, n, std::memory_order_acq_rel);
}

void Mailbox::end(std::uint32_t n, std::string_view reply) {
  const std::size_t before = header().reply_bytes.load(std::memory_order_relaxed);
  if (!write(kPayload + request_bytes_ + before, reply)) fail("writing a reply");
  header().reply_bytes.store(before + reply.size(), std::memory_order_release);
  header().ended.store(n, std::memory_order_release);
}

}  // namespace plughost::python::pool
