#include "net/proxy_socket.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace plughost::net {

Socket::Transfer ProxySocket::receive(char* buffer, std::size_t size) noexcept {
  const Transfer passed = pass_header();
  return passed.status == Status::ok ? inner_->receive(buffer, size) : passed;
}

/// Looks at the bytes and takes none before the header is complete, so that nothing of what
/// follows is taken from the inner socket. The kernel keeps them meanwhile; they are few.
Socket::Transfer ProxySocket::pass_header() noexcept {
  if (has_header_) return {Status::ok};
  char bytes[http::kLongestProxyHeader];
  ssize_t seen = 0;
  do {
    seen = ::recv(fd_, bytes, sizeof bytes, MSG_PEEK);
  } while (seen < 0 && errno == EINTR);
  if (seen < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return {Status::blocked};
  if (seen <= 0) return {Status::failed};
  const auto header = http::read_proxy_header({bytes, static_cast<std::size_t>(seen)});
  if (header.status == http::ProxyHeader::Status::need_more) return {Status::blocked};
  if (header.status == http::ProxyHeader::Status::malformed) return {Status::failed};
  if (::recv(fd_, bytes, header.size, 0) != static_cast<ssize_t>(header.size)) {
    return {Status::failed};
  }
  has_header_ = true;
  on_header_(header);
  return {Status::ok};
}

Socket::Transfer ProxySocket::send(const iovec* parts, std::size_t count) noexcept {
  const Transfer passed = pass_header();
  return passed.status == Status::ok ? inner_->send(parts, count) : passed;
}

Socket::Transfer ProxySocket::send_file(int file, std::uint64_t offset,
                                        std::size_t count) noexcept {
  const Transfer passed = pass_header();
  return passed.status == Status::ok ? inner_->send_file(file, offset, count) : passed;
}

}  // namespace plughost::net
