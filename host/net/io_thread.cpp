#include "net/io_thread.hpp"

#include <netinet/in.h>
#include <pistache/peer.h>
#include <pthread.h>

#include "base/log.hpp"

namespace plughost::net {
namespace {

/// Pistache wants an address for its peers. Ours knows better (endpoints.hpp), and Pistache's own
/// conversion throws for Unix sockets.
Pistache::Address placeholder_address() {
  sockaddr_in any{};
  any.sin_family = AF_INET;
  return Pistache::Address::fromUnix(reinterpret_cast<sockaddr*>(&any));
}

}  // namespace

IoThread::IoThread(std::uint8_t index, SharedContext& shared)
    : reactor_(Pistache::Aio::Reactor::create()),
      transport_(std::make_shared<Transport>(index, shared)) {
  reactor_->init(Pistache::Aio::SyncContext());
  reactor_->addHandler(transport_);
}

IoThread::~IoThread() { stop(); }

void IoThread::start() {
  thread_ = std::thread([this] {
    ::pthread_setname_np(::pthread_self(), "plughost-io");
    try {
      reactor_->run();
    } catch (const std::exception& failure) {
      // Our own bug or a kernel out of resources: the process must not go on without this thread.
      log::error(std::string("an I/O thread failed: ") + failure.what());
      log::flush();
      std::terminate();
    }
  });
}

void IoThread::stop() {
  if (!thread_.joinable()) return;
  reactor_->shutdown();
  thread_.join();
}

void IoThread::add_client(int fd) {
  static const auto address = placeholder_address();
  transport_->handleNewPeer(Pistache::Tcp::Peer::Create(fd, address));
}

void IoThread::turn_away(int fd) {
  transport_->turn_away_next(fd);
  add_client(fd);
}

}  // namespace plughost::net
