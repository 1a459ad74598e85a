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

/// Pistache wants an address for its peers, and takes only IP ones. Ours know their client's
/// (endpoints.hpp); what Pistache carries instead is the entry of Config::listen.
Pistache::Address tag_of(std::size_t listen_address) {
  return {Pistache::IP::any(), Pistache::Port(static_cast<std::uint16_t>(listen_address))};
}

}  // namespace

void Transport::add_client(int fd, std::size_t address) {
  // Not by Pistache's own queue: what comes after this call, say begin_drain, must find the client.
  run_soon(
      [this, fd, address] { handleNewPeer(Pistache::Tcp::Peer::Create(fd, tag_of(address))); });
}

void Transport::adopt(const std::shared_ptr<Pistache::Tcp::Peer>& peer) {
  const auto fd = static_cast<std::size_t>(peer->fd());
  if (connections_.size() <= fd) connections_.resize(std::max(fd + 1, connections_.size() * 2));
  const auto& address = context_.shared.addresses[peer->address().port()];
  auto socket = open_socket(peer->fd(), context_.shared, address);
  if (address.proxy_protocol) {
    socket = std::make_unique<ProxySocket>(
        peer->fd(), std::move(socket), [this, fd](const http::ProxyHeader& header) {
          if (!header.has_ends) return;  // the connection is the proxy's own
          connections_[fd]->set_ends(endpoint_of(header.source), endpoint_of(header.destination));
        });
  }
  connections_[fd] = std::make_unique<Connection>(context_, peer->fd(), std::move(socket),
                                                  peer_endpoint(peer->fd()));
  connections_[fd]->serial = next_serial_++;
  schedule(*connections_[fd]);
  if (std::erase(to_turn_away_, peer->fd()) == 0) return;
  touch(*connections_[fd]);
  connections_[fd]->turn_away();
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
  const auto now = Clock::now();
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
  context_.draining_since = Clock::now();
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
