#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include "base/event_fd.hpp"
#include "config/config.hpp"
#include "dispatch/request.hpp"

namespace plughost::net {

/// A listening TCP socket and the thread that accepts from it.
///
/// Owner:   Server. Threads: members on [main]; the callbacks run on the accept thread.
/// Errors:  the constructor throws StartError (ExitCode::cannot_listen).
/// Limits:  accepting at the descriptor limit neither spins nor stops: the client is turned away
///          through a spare descriptor.
class Listener final {
 public:
  struct Callbacks {
    std::function<void(int fd)> accepted;  ///< takes the descriptor
    std::function<bool()> at_limit;        ///< true: turn the next client away
  };

  Listener(const config::Config& config, Callbacks callbacks);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  void start();
  /// Takes what waits in the accept queue, then closes the socket; returns when that is done.
  void stop();

  const dispatch::Endpoint& endpoint() const { return endpoint_; }

 private:
  void run();
  bool accept_one();
  void turn_away(int fd);
  bool use_spare_descriptor();
  void wait_for_resources();

  const bool encrypts_;  // a client that is turned away could not read a plain answer
  Callbacks callbacks_;
  dispatch::Endpoint endpoint_;
  int socket_ = -1;
  int spare_ = -1;  // given up for a moment at EMFILE, so that a client can be told
  EventFd stop_;
  std::chrono::steady_clock::time_point last_warning_{};  // [accept thread]
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace plughost::net
