#include "net/socket.hpp"

#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/uninterrupted.hpp"

namespace plughost::net {
namespace {

Socket::Transfer failure() {
  const bool blocked = errno == EAGAIN || errno == EWOULDBLOCK;
  return {blocked ? Socket::Status::blocked : Socket::Status::failed};
}

}  // namespace

Socket::Transfer PlainSocket::receive(char* buffer, std::size_t size) noexcept {
  const auto got = uninterrupted([&] { return ::recv(fd_, buffer, size, 0); });
  if (got < 0) return failure();
  if (got == 0) return {Status::closed};
  const auto bytes = static_cast<std::size_t>(got);
  return {Status::ok, bytes, bytes == size};
}

/// Rationale: most answers are one part, which the kernel takes at less cost than a list of one.
Socket::Transfer PlainSocket::send(const iovec* parts, std::size_t count) noexcept {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts);
  message.msg_iovlen = count;
  const auto sent = uninterrupted([&] {
    return count == 1 ? ::send(fd_, parts->iov_base, parts->iov_len, MSG_NOSIGNAL)
                      : ::sendmsg(fd_, &message, MSG_NOSIGNAL);
  });
  return sent < 0 ? failure() : Transfer{Status::ok, static_cast<std::size_t>(sent)};
}

Socket::Transfer PlainSocket::send_file(int file, std::uint64_t offset,
                                        std::size_t count) noexcept {
  auto position = static_cast<off_t>(offset);
  const auto sent = uninterrupted([&] { return ::sendfile(fd_, file, &position, count); });
  return sent < 0 ? failure() : Transfer{Status::ok, static_cast<std::size_t>(sent)};
}

void PlainSocket::shut_down_sending() noexcept { ::shutdown(fd_, SHUT_WR); }

bool PlainSocket::has_input() const noexcept {
  int waiting = 0;
  return ::ioctl(fd_, FIONREAD, &waiting) != 0 || waiting > 0;
}

}  // namespace plughost::net
