#include "net/listening_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "net/endpoints.hpp"

namespace plughost::net {
namespace {

std::string url_of(int fd, bool encrypts, bool& is_tcp) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  is_tcp = address.ss_family != AF_UNIX;
  if (!is_tcp) {
    const auto& unix_address = reinterpret_cast<const sockaddr_un&>(address);
    const std::size_t length = size - std::min<std::size_t>(size, sizeof(sa_family_t));
    const bool is_abstract = length > 0 && unix_address.sun_path[0] == '\0';
    if (is_abstract) return "unix:@" + std::string(unix_address.sun_path + 1, length - 1);
    return "unix:" + std::string(unix_address.sun_path, ::strnlen(unix_address.sun_path, length));
  }
  const dispatch::Endpoint end = to_endpoint(address);
  const bool is_v6 = end.text.find(':') != std::string::npos;
  return (encrypts ? "https://" : "http://") + (is_v6 ? '[' + end.text + ']' : end.text) + ':' +
         std::to_string(end.port);
}

}  // namespace

ListeningSocket::ListeningSocket(int fd, std::size_t address, bool encrypts,
                                 std::unique_ptr<UnixPath> unix_path)
    : fd_(fd),
      address_(address),
      encrypts_(encrypts),
      unix_path_(std::move(unix_path)),
      url_(url_of(fd, encrypts, is_tcp_)) {}

void ListeningSocket::remove_path() noexcept {
  if (unix_path_ != nullptr) unix_path_->remove();
}

void ListeningSocket::close() noexcept {
  remove_path();
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace plughost::net
