// The transport of host/net reduced to what it stands on: Pistache's reactor and peers, direct reads
// and writes, Beast's parser. Every request gets one constant: no rules beyond the grammar, no
// limits, no routes, no plugin. usage: constant_transport PORT
#include <pistache/listener.h>
#include <pistache/peer.h>
#include <pistache/tcp.h>
#include <pistache/transport.h>
#include <sys/socket.h>

#include <array>
#include <boost/beast/http.hpp>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "constant_answer.hpp"

namespace {

using Parser = boost::beast::http::request_parser<boost::beast::http::empty_body>;

/// Pistache wants one; the transport reads the sockets itself.
class NoHandler final : public Pistache::Tcp::Handler {
 public:
  std::shared_ptr<Pistache::Tcp::Handler> clone() const override {
    return std::make_shared<NoHandler>();
  }
  void onInput(const char*, std::size_t, const std::shared_ptr<Pistache::Tcp::Peer>&) override {}
};

class ConstantTransport final : public Pistache::Tcp::Transport {
 public:
  ConstantTransport() : Pistache::Tcp::Transport(std::make_shared<NoHandler>()) {}

  std::shared_ptr<Pistache::Aio::Handler> clone() const override {
    return std::make_shared<ConstantTransport>();
  }

  void onReady(const Pistache::Aio::FdSet& ready) override {
    std::vector<Pistache::Polling::Event> pistaches_own;
    for (const auto& entry : ready) {
      const int fd = static_cast<int>(entry.getTag().value());
      const auto peer = peers.find(fd);
      if (peer == peers.end()) {
        Pistache::Polling::Event own(entry.getTag());
        if (entry.isReadable()) own.flags.setFlag(Pistache::Polling::NotifyOn::Read);
        pistaches_own.push_back(own);
      } else if (entry.isReadable() && !answer(fd)) {
        const auto leaving = peer->second;
        removePeer(leaving);
      }
    }
    if (pistaches_own.empty()) return;
    Pistache::Tcp::Transport::onReady(Pistache::Aio::FdSet(std::move(pistaches_own)));
  }

 private:
  /// False: the connection is over. A request comes in one piece: the load generator's does.
  static bool answer(int fd) {
    static thread_local std::array<char, 65536> buffer;
    const auto got = ::recv(fd, buffer.data(), buffer.size(), 0);
    if (got < 0) return errno == EAGAIN;
    if (got == 0) return false;
    std::string answers;
    for (std::size_t used = 0; used < static_cast<std::size_t>(got);) {
      Parser parser;
      boost::system::error_code error;
      used += parser.put(
          boost::asio::buffer(buffer.data() + used, static_cast<std::size_t>(got) - used), error);
      if (error || !parser.is_done()) return false;
      answers += kConstantAnswer;
    }
    return ::send(fd, answers.data(), answers.size(), MSG_NOSIGNAL) >= 0;
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: constant_transport PORT\n";
    return 2;
  }
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stops, nullptr);
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  Pistache::Tcp::Listener listener(Pistache::Address(Pistache::Ipv4::loopback(), port));
  Pistache::Flags<Pistache::Tcp::Options> options(Pistache::Tcp::Options::ReuseAddr);
  options.setFlag(Pistache::Tcp::Options::NoDelay);
  listener.init(1, options, "constant", 1024);
  listener.setHandler(std::make_shared<NoHandler>());
  listener.setTransportFactory([] { return std::make_shared<ConstantTransport>(); });
  listener.bind();
  listener.runThreaded();
  int signal = 0;
  sigwait(&stops, &signal);
  listener.shutdown();
}
