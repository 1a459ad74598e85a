#include "net/listener.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "base/log.hpp"

namespace plughost::net {
namespace {

constexpr int kAcceptsInTurn = 64;
constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\n"
    "Connection: close\r\n\r\n";

int open_spare() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

}  // namespace

Listener::Listener(Sockets sockets, Callbacks callbacks)
    : callbacks_(std::move(callbacks)), sockets_(std::move(sockets)), spare_(open_spare()) {
  for (const auto& socket : sockets_) urls_.push_back(socket->url());
}

Listener::~Listener() {
  stop();
  if (spare_ >= 0) ::close(spare_);
}

void Listener::start() {
  thread_ = std::thread([this] { run(); });
}

void Listener::stop() {
  if (!thread_.joinable()) return;
  stopping_.store(true);
  stop_.notify();
  thread_.join();
}

void Listener::run() {
  std::vector<pollfd> watched{{stop_.fd(), POLLIN, 0}};
  for (const auto& socket : sockets_) watched.push_back({socket->fd(), POLLIN, 0});
  while (!stopping_.load()) {
    if (::poll(watched.data(), watched.size(), -1) < 0 && errno != EINTR) break;
    for (std::size_t i = 0; i < sockets_.size() && !stopping_.load(); ++i) {
      if (watched[i + 1].revents != 0) accept_what_waits(*sockets_[i], kAcceptsInTurn);
    }
  }
  for (const auto& socket : sockets_) socket->remove_path();
  // Whoever connected before the stop is served. Bounded: clients may go on connecting.
  for (const auto& socket : sockets_) accept_what_waits(*socket, kBacklog);
  for (const auto& socket : sockets_) socket->close();
}

void Listener::accept_what_waits(const ListeningSocket& socket, int most) {
  for (int i = 0; i < most && accept_one(socket); ++i) {
  }
}

bool Listener::accept_one(const ListeningSocket& socket) {
  const int fd = ::accept4(socket.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    const int on = 1;
    if (socket.is_tcp()) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (callbacks_.at_limit()) {
      turn_away(fd, socket);
    } else {
      callbacks_.accepted(fd, socket.address());
    }
    return true;
  }
  if (errno == EMFILE || errno == ENFILE) return use_spare_descriptor(socket);
  if (errno == ENOMEM || errno == ENOBUFS) wait_for_resources();
  return errno == EINTR || errno == ECONNABORTED;
}

void Listener::turn_away(int fd, const ListeningSocket& socket) {
  if (!socket.encrypts()) ::send(fd, kFull.data(), kFull.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(fd, SHUT_WR);
  ::close(fd);
}

/// False: nobody waits. (accept4 says EMFILE before it looks whether anybody does.)
bool Listener::use_spare_descriptor(const ListeningSocket& socket) {
  if (spare_ >= 0) ::close(std::exchange(spare_, -1));
  const int fd = ::accept4(socket.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_warning_ >= std::chrono::seconds(1)) {
      last_warning_ = now;
      log::warn(
          "out of file descriptors: turning clients away; raise the limit (ulimit -n) or lower "
          "limits.connections");
    }
    turn_away(fd, socket);
  }
  spare_ = open_spare();
  if (spare_ < 0) wait_for_resources();
  return fd >= 0;
}

void Listener::wait_for_resources() {
  pollfd watched{stop_.fd(), POLLIN, 0};
  ::poll(&watched, 1, 100);
}

}  // namespace plughost::net
