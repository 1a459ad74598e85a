#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "base/event_fd.hpp"
#include "net/listening_socket.hpp"

namespace plughost::net {

/// The listening sockets and the one thread that accepts from all of them.
///
/// Owner:   Server. Threads: members on [main]; the callbacks run on the accept thread.
/// Limits:  a socket has its turn for a few clients, then the others have theirs;
///          accepting at the descriptor limit neither spins nor stops: the client is turned away
///          through a spare descriptor.
class Listener final {
 public:
  struct Callbacks {
    /// Takes the descriptor; address is the index of its entry in Config::listen.
    std::function<void(int fd, std::size_t address)> accepted;
    std::function<bool()> at_limit;  ///< true: turn the next client away
  };
  using Sockets = std::vector<std::unique_ptr<ListeningSocket>>;

  Listener(Sockets sockets, Callbacks callbacks);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void start();
  /// Takes what waits in the accept queues, then closes the sockets; returns when that is done.
  void stop();

  const std::vector<std::string>& urls() const { return urls_; }  ///< in the order of `listen`

 private:
  void run();
  void accept_what_waits(const ListeningSocket& socket, int most);
  bool accept_one(const ListeningSocket& socket);
  void turn_away(int fd, const ListeningSocket& socket);
  bool use_spare_descriptor(const ListeningSocket& socket);
  void wait_for_resources();

  Callbacks callbacks_;
  const Sockets sockets_;
  std::vector<std::string> urls_;
  int spare_ = -1;  // given up for a moment at EMFILE, so that a client can be told
  EventFd stop_;
  std::chrono::steady_clock::time_point last_warning_{};  // [accept thread]
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace plughost::net
