#include "net/listener.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "base/log.hpp"
#include "net/endpoints.hpp"

namespace plughost::net {
namespace {

constexpr int kBacklog = 4096;
constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\n"
    "Connection: close\r\n\r\n";

[[noreturn]] void cannot_listen(const config::Config& config, const std::string& why) {
  const auto& address = config.listen;
  const bool v6 = address.host.find(':') != std::string::npos;
  throw StartError(ExitCode::cannot_listen,
                   {{config.file, address.position,
                     "cannot listen on " + (v6 ? '[' + address.host + ']' : address.host) + ':' +
                         std::to_string(address.port) + ": " + why +
                         "; choose another address with `listen` or --listen"}});
}

int open_socket(const addrinfo& address) {
  const int fd = ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd, address.ai_addr, address.ai_addrlen) == 0 && ::listen(fd, kBacklog) == 0) {
    return fd;
  }
  const int error = errno;
  ::close(fd);
  errno = error;
  return -1;
}

int listen_on(const config::Config& config) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(config.listen.host.c_str(),
                                    std::to_string(config.listen.port).c_str(), &hints, &found);
  if (failure != 0) cannot_listen(config, ::gai_strerror(failure));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  int error = 0;
  for (const auto* address = found; address != nullptr; address = address->ai_next) {
    const int fd = open_socket(*address);
    if (fd >= 0) return fd;
    error = errno;
  }
  cannot_listen(config, std::strerror(error));
}

int open_spare() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

}  // namespace

Listener::Listener(const config::Config& config, Callbacks callbacks)
    : encrypts_(config.tls.has_value()),
      callbacks_(std::move(callbacks)),
      socket_(listen_on(config)),
      spare_(open_spare()) {
  endpoint_ = *local_endpoint(socket_);
}

Listener::~Listener() {
  stop();
  if (socket_ >= 0) ::close(socket_);
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
  pollfd watched[2] = {{socket_, POLLIN, 0}, {stop_.fd(), POLLIN, 0}};
  while (!stopping_.load()) {
    if (::poll(watched, 2, -1) < 0 && errno != EINTR) break;
    while (!stopping_.load() && accept_one()) {
    }
  }
  // Whoever connected before the stop is served. Bounded: clients may go on connecting.
  for (int i = 0; i < kBacklog && accept_one(); ++i) {
  }
  ::close(std::exchange(socket_, -1));
}

bool Listener::accept_one() {
  const int fd = ::accept4(socket_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (callbacks_.at_limit()) {
      turn_away(fd);
    } else {
      callbacks_.accepted(fd);
    }
    return true;
  }
  if (errno == EMFILE || errno == ENFILE) return use_spare_descriptor();
  if (errno == ENOMEM || errno == ENOBUFS) wait_for_resources();
  return errno == EINTR || errno == ECONNABORTED;
}

void Listener::turn_away(int fd) {
  if (!encrypts_) ::send(fd, kFull.data(), kFull.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(fd, SHUT_WR);
  ::close(fd);
}

/// False: nobody waits. (accept4 says EMFILE before it looks whether anybody does.)
bool Listener::use_spare_descriptor() {
  if (spare_ >= 0) ::close(std::exchange(spare_, -1));
  const int fd = ::accept4(socket_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last_warning_ >= std::chrono::seconds(1)) {
      last_warning_ = now;
      log::warn(
          "out of file descriptors: turning clients away; raise the limit (ulimit -n) or lower "
          "limits.connections");
    }
    turn_away(fd);
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
