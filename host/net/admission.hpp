#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "net/io_context.hpp"
#include "net/io_thread.hpp"

namespace plughost::net {

/// One client that was accepted at the connection limit: the connection that has been idle longest
/// makes room for it, or, if none is idle, it is answered 503.
///
/// Rationale: every I/O thread is asked by a message, as each knows its own connections only, and
/// nothing is written down while there is room.
///
/// Owner:   the messages to the I/O threads. Threads: start on the accept thread, the rest on
/// theirs. Errors:  none; the descriptor is closed if the threads end before they have answered.
class Admission final {
 public:
  using Threads = std::vector<std::unique_ptr<IoThread>>;

  /// Takes the descriptor of a client of that entry of Config::listen, which is counted in
  /// shared.connections. threads must be running.
  static void start(int fd, std::size_t address, SharedContext& shared, const Threads& threads);

  Admission(int fd, std::size_t address, SharedContext& shared, std::size_t threads);
  ~Admission();
  Admission(const Admission&) = delete;
  Admission& operator=(const Admission&) = delete;

 private:
  struct Offer {
    IoThread* thread;
    dispatch::Clock::time_point idle_since;
  };

  void offer(IoThread& thread, const std::shared_ptr<Admission>& self);
  void admit(IoThread& thread, bool has_room);

  SharedContext& shared_;
  int fd_;
  const std::size_t address_;  // index of its entry in Config::listen
  std::mutex mutex_;
  std::size_t unasked_;  // guarded by mutex_, as is the next
  std::optional<Offer> best_;
};

}  // namespace plughost::net
