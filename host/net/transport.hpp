#pragma once

#include <pistache/tcp.h>
#include <pistache/transport.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "dispatch/answer_batch.hpp"
#include "net/connection.hpp"
#include "net/nap.hpp"
#include "net/timer_wheel.hpp"

namespace plughost::net {

/// The connections of one I/O thread, on Pistache's reactor and peers.
///
/// Pistache tells which descriptors are ready; accepting, reading, writing and closing are ours.
/// Its own write queue is never used: it is keyed by descriptor only, so that answers can reach the
/// wrong client after a disconnect.
///
/// Owner:   an IoThread. Threads: the reactor's, but for post, wake_up, run_soon and add_client
/// ([any]).
class Transport final : public Pistache::Tcp::Transport,
                        public dispatch::Mailbox,
                        public dispatch::Sleeper {
 public:
  Transport(std::uint8_t index, SharedContext& shared);
  ~Transport() override;

  void registerPoller(Pistache::Polling::Epoll& poller) override;
  void onReady(const Pistache::Aio::FdSet& ready) override;

  /// Takes a connected descriptor; address is the index of its entry in Config::listen. Without
  /// room its client is answered 503 and closed.
  void add_client(int fd, std::size_t address, bool has_room);
  void post(dispatch::Request& request) noexcept override;
  void wake_up() noexcept override;
  /// Runs command on the I/O thread soon.
  void run_soon(std::function<void()> command);

  /// [I/O thread], by run_soon, or before that thread runs.
  void use(std::shared_ptr<const routing::RouteTable> table) { context_.table = std::move(table); }

  /// [I/O thread], by run_soon.
  void begin_drain();
  void force_close();
  void close_unowed();

  /// [I/O thread] Since when the connection that has been idle longest is idle; none: nothing.
  std::optional<Clock::time_point> oldest_idle_since();
  /// [I/O thread] Closes that connection. False: there is none.
  bool close_oldest_idle();

  dispatch::RequestPool& requests() { return requests_; }

 private:
  Connection& adopt(int fd, std::size_t address);
  void on_event(int fd, const Pistache::Polling::Event& event);
  void on_tick();
  void run_commands();
  void deliver_posted();
  void settle();
  void touch(Connection& connection);
  void finish(Connection& connection);
  void update_interest(Connection& connection);
  void schedule(Connection& connection);
  void arm_timer(std::uint64_t tick);
  void drop(Connection& connection);
  Connection* oldest_idle();
  bool look_for_idle();
  Connection* find(int fd) const;
  template <typename Action>
  void for_each_connection(Action action);

  dispatch::RequestPool requests_;
  IoContext context_;
  std::vector<std::unique_ptr<Connection>> connections_;  // by descriptor
  std::vector<Connection*> touched_;
  std::vector<int> closed_this_round_;  // what epoll still says of them is of no interest
  std::vector<dispatch::Request*> answered_here_;  // posted by this thread
  std::vector<dispatch::Request*> delivering_;     // those of this round
  std::uint64_t next_serial_ = 1;

  struct Idle {
    Clock::time_point since;
    int fd;
    std::uint64_t serial;
  };
  std::vector<Idle> idle_;  // those that have been idle longest, the oldest last
  Clock::time_point next_look_{};

  TimerWheel wheel_;
  std::vector<TimerWheel::Entry> due_;
  int timer_fd_;
  std::uint64_t armed_tick_ = UINT64_MAX;

  Pistache::NotifyFd wake_;
  // Posted by other threads, newest first. Nobody needs to wake a thread that is awake: it looks
  // here once more before it sleeps.
  std::atomic<dispatch::Request*> posted_{nullptr};
  std::atomic<bool> awake_{false};
  Nap nap_;
  std::mutex commands_mutex_;
  std::vector<std::function<void()>> commands_;  // guarded by commands_mutex_
};

}  // namespace plughost::net
