#include "net/server.hpp"

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "net/admission.hpp"
#include "net/io_thread.hpp"
#include "net/listener.hpp"
#include "net/open_sockets.hpp"

namespace plughost::net {

class Server::Impl {
 public:
  Impl(const config::Config& config, unsigned io_threads, dispatch::Responder& responder,
       dispatch::Executor& executor, const std::shared_ptr<const routing::RouteTable>& table,
       std::vector<InheritedSocket> inherited, const TlsCertificates* certificates)
      : body_budget(config.limits.buffered_bytes),
        shared{config.limits,
               config.shutdown.linger,
               responder,
               executor,
               body_budget,
               certificates,
               config.proxies ? &*config.proxies : nullptr,
               config.listen},
        listener(open_sockets(config, std::move(inherited)),
                 {[this](int fd, std::size_t address) { deal_out(fd, address); },
                  [this, &config] {
                    return shared.connections.load() >=
                           config.limits.connections + config::kTurnedAwayAtOnce;
                  }}) {
    for (unsigned i = 0; i < io_threads; ++i) {
      threads.push_back(std::make_unique<IoThread>(static_cast<std::uint8_t>(i), shared));
      threads.back()->transport().use(table);
      responder.add_pool(threads.back()->transport().requests());
    }
  }

  /// Calls that member of each transport on its own thread, soon.
  void on_each(void (Transport::*action)()) {
    for (auto& thread : threads) {
      auto& transport = thread->transport();
      transport.run_soon([&transport, action] { (transport.*action)(); });
    }
  }

  void deal_out(int fd, std::size_t address) {
    const auto others = shared.connections.fetch_add(1, std::memory_order_relaxed);
    if (others >= shared.limits.connections) return Admission::start(fd, address, shared, threads);
    threads[next_thread++ % threads.size()]->transport().add_client(fd, address, true);
  }

  dispatch::BodyBudget body_budget;
  SharedContext shared;
  std::vector<std::unique_ptr<IoThread>> threads;
  std::size_t next_thread = 0;  // [accept thread]
  Listener listener;
};

Server::Server(const config::Config& config, unsigned io_threads, dispatch::Responder& responder,
               dispatch::Executor& executor, std::shared_ptr<const routing::RouteTable> table,
               std::vector<InheritedSocket> inherited, const TlsCertificates* certificates)
    : impl_(std::make_unique<Impl>(config, io_threads, responder, executor, std::move(table),
                                   std::move(inherited), certificates)) {}

Server::~Server() { stop(); }

void Server::start() {
  for (auto& thread : impl_->threads) thread->start();
  impl_->listener.start();
}

const std::vector<std::string>& Server::urls() const { return impl_->listener.urls(); }

void Server::stop_accepting() { impl_->listener.stop(); }

void Server::use(const std::shared_ptr<const routing::RouteTable>& table) {
  constexpr std::chrono::milliseconds kLook{1};
  constexpr int kLooks = 1000;
  const auto left = std::make_shared<std::atomic<std::size_t>>(impl_->threads.size());
  for (auto& thread : impl_->threads) {
    auto& transport = thread->transport();
    transport.run_soon([&transport, table, left] {
      transport.use(table);
      left->fetch_sub(1, std::memory_order_release);
    });
  }
  for (int i = 0; i < kLooks && left->load(std::memory_order_acquire) > 0; ++i) {
    std::this_thread::sleep_for(kLook);
  }
}

void Server::begin_drain() { impl_->on_each(&Transport::begin_drain); }

bool Server::wait_until_empty(dispatch::Clock::time_point deadline) const {
  // Looks rather than waits: an atomic's wait has no deadline, and this happens once a process.
  constexpr std::chrono::milliseconds kLook{2};
  while (connections() > 0) {
    if (dispatch::Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kLook);
  }
  return true;
}

void Server::close_unowed() { impl_->on_each(&Transport::close_unowed); }

void Server::force_close() { impl_->on_each(&Transport::force_close); }

void Server::stop() {
  impl_->listener.stop();
  for (auto& thread : impl_->threads) thread->stop();
}

std::size_t Server::connections() const {
  return impl_->shared.connections.load(std::memory_order_acquire);
}

std::uint64_t Server::requests_dispatched() const {
  std::uint64_t total = 0;
  for (auto& thread : impl_->threads) total += thread->transport().requests().dispatched();
  return total;
}

std::uint64_t Server::requests_in_use() const {
  std::uint64_t total = 0;
  for (auto& thread : impl_->threads) total += thread->transport().requests().in_use();
  return total;
}

}  // namespace plughost::net
