#include <pistache/peer.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>

#include "net/endpoints.hpp"
#include "net/proxy_socket.hpp"
#include "net/tls_certificates.hpp"
#include "net/tls_socket.hpp"
#include "net/transport.hpp"

// The bookkeeping half of Transport: which connections there are and when to look at them.
namespace plughost::net {

using Pistache::Polling::NotifyOn;

namespace {

std::unique_ptr<Socket> open_socket(int fd, const SharedContext& shared,
                                    const config::ListenAddress& address) {
  if (shared.certificates == nullptr || !address.wants_tls()) {
    return std::make_unique<PlainSocket>(fd);
  }
  return std::make_unique<TlsSocket>(fd, shared.certificates->current());
}

dispatch::Endpoint endpoint_of(const http::ProxiedEnd& end) { return {end.address, end.port}; }

}  // namespace

void Transport::add_client(int fd, std::size_t address, bool has_room) {
  // Not by Pistache's own queue: what comes after this call, say begin_drain, must find the client.
  run_soon([this, fd, address, has_room] {
    // Pistache takes only IP addresses; whose descriptor it is stands in the Connection.
    handleNewPeer(Pistache::Tcp::Peer::Create(fd, Pistache::Address()));
    auto& connection = adopt(fd, address);
    if (has_room) return;
    touch(connection);
    connection.turn_away();
  });
}

Connection& Transport::adopt(int fd, std::size_t address) {
  const auto index = static_cast<std::size_t>(fd);
  if (connections_.size() <= index) {
    connections_.resize(std::max(index + 1, connections_.size() * 2));
  }
  const auto& listened = context_.shared.addresses[address];
  auto socket = open_socket(fd, context_.shared, listened);
  if (listened.proxy_protocol) {
    socket = std::make_unique<ProxySocket>(
        fd, std::move(socket), [this, index](const http::ProxyHeader& header) {
          if (!header.has_ends) return;  // the connection is the proxy's own
          connections_[index]->set_ends(endpoint_of(header.source),
                                        endpoint_of(header.destination));
        });
  }
  connections_[index] =
      std::make_unique<Connection>(context_, fd, std::move(socket), peer_endpoint(fd));
  auto& connection = *connections_[index];
  connection.serial = next_serial_++;
  schedule(connection);
  return connection;
}

Connection* Transport::find(int fd) const {
  const auto index = static_cast<std::size_t>(fd);
  return index < connections_.size() ? connections_[index].get() : nullptr;
}

void Transport::drop(Connection& connection) {
  const int fd = connection.fd();
  if (connection.queued_for_advance) std::erase(context_.to_advance, &connection);
  connections_[static_cast<std::size_t>(fd)].reset();
  closed_this_round_.push_back(fd);
  removePeer(std::shared_ptr<Pistache::Tcp::Peer>(peers.at(fd)));
  context_.shared.connections.fetch_sub(1, std::memory_order_release);
}

void Transport::update_interest(Connection& connection) {
  const bool writing = connection.wants_writable();
  if (writing == connection.armed_for_writing && !connection.wants_read_again() &&
      !connection.wants_turn()) {
    return;
  }
  connection.armed_for_writing = writing;
  // Setting it anew makes an edge for what is ready already.
  auto interest = NotifyOn::Read | NotifyOn::Shutdown;
  if (writing) interest = interest | NotifyOn::Write;
  reactor()->modifyFd(key(), connection.fd(), interest, Pistache::Polling::Mode::Edge);
}

void Transport::schedule(Connection& connection) {
  const auto due = connection.next_deadline();
  if (due == Clock::time_point::max()) return;
  const auto tick = TimerWheel::tick_of(due);
  if (tick >= connection.scheduled_tick) return;
  connection.scheduled_tick = tick;
  wheel_.add({tick, connection.fd(), connection.serial});
  if (tick < armed_tick_) arm_timer(tick);
}

void Transport::arm_timer(std::uint64_t tick) {
  armed_tick_ = tick;
  const auto since_epoch =
      std::max(TimerWheel::time_of(tick).time_since_epoch(), Clock::duration(1));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch);
  itimerspec spec{};
  spec.it_value.tv_sec = seconds.count();
  spec.it_value.tv_nsec = (since_epoch - seconds).count();
  ::timerfd_settime(timer_fd_, TFD_TIMER_ABSTIME, &spec, nullptr);
}

void Transport::on_tick() {
  std::uint64_t expirations = 0;
  [[maybe_unused]] const auto got = ::read(timer_fd_, &expirations, sizeof expirations);
  const auto now = context_.now;
  armed_tick_ = UINT64_MAX;
  due_.clear();
  wheel_.take_due(now, due_);
  for (const auto& entry : due_) {
    auto* connection = find(entry.fd);
    if (connection == nullptr || connection->serial != entry.serial ||
        connection->scheduled_tick != entry.tick) {
      continue;
    }
    connection->scheduled_tick = UINT64_MAX;
    touch(*connection);
    connection->on_timer(now);
  }
  if (const auto next = wheel_.next_tick(); next && *next < armed_tick_) arm_timer(*next);
}

template <typename Action>
void Transport::for_each_connection(Action action) {
  for (auto& connection : connections_) {
    if (connection == nullptr) continue;
    touch(*connection);
    action(*connection);
  }
}

void Transport::begin_drain() {
  context_.draining = true;
  context_.draining_since = context_.now;
  for_each_connection([](Connection& connection) { connection.begin_drain(); });
}

void Transport::close_unowed() {
  context_.truncating = true;
  for_each_connection([](Connection& connection) { connection.close_if_unowed(); });
}

void Transport::force_close() {
  for_each_connection([](Connection& connection) { connection.force_close(); });
}

}  // namespace plughost::net
