// What the system calls alone cost: one thread, epoll, recv, send. It parses nothing: each piece
// that arrives is taken to be one request. usage: bare_epoll PORT
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <system_error>

#include "constant_answer.hpp"

namespace {

int checked(int result, const char* call) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), call);
  return result;
}

int listen_on(std::uint16_t port) {
  const int listener = checked(::socket(AF_INET, SOCK_STREAM, 0), "socket");
  const int on = 1;
  checked(::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "SO_REUSEADDR");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  checked(::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
  checked(::listen(listener, 1024), "listen");
  return listener;
}

void watch(int epoll, int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  checked(::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
}

void answer(int client) {
  static std::array<char, 65536> buffer;
  if (::recv(client, buffer.data(), buffer.size(), 0) <= 0 ||
      ::send(client, kConstantAnswer.data(), kConstantAnswer.size(), MSG_NOSIGNAL) < 0) {
    ::close(client);
  }
}

void serve(int listener) {
  const int epoll = checked(::epoll_create1(0), "epoll_create1");
  watch(epoll, listener);
  std::array<epoll_event, 64> events;
  for (;;) {
    const int ready = ::epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    if (ready < 0 && errno == EINTR) continue;  // it was stopped for a while: signal(7)
    checked(ready, "epoll_wait");
    for (int i = 0; i < ready; ++i) {
      if (events[i].data.fd != listener) {
        answer(events[i].data.fd);
        continue;
      }
      const int client = checked(::accept(listener, nullptr, nullptr), "accept");
      const int on = 1;
      checked(::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
      watch(epoll, client);
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: bare_epoll PORT\n";
    return 2;
  }
  try {
    serve(listen_on(static_cast<std::uint16_t>(std::atoi(argv[1]))));
  } catch (const std::exception& error) {
    std::cerr << "bare_epoll: " << error.what() << '\n';
    return 1;
  }
}
