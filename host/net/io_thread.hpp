#pragma once

#include <pistache/reactor.h>

#include <cstddef>
#include <memory>
#include <thread>

#include "net/transport.hpp"

namespace plughost::net {

/// One reactor, its thread, and the connections on it.
///
/// Rationale: a reactor of its own for each thread, with one handler: two handlers on one reactor
/// break Pistache's event tags.
class IoThread final {
 public:
  IoThread(std::uint8_t index, SharedContext& shared);
  ~IoThread();
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  void start();
  void stop();
  Transport& transport() { return *transport_; }

 private:
  std::shared_ptr<Pistache::Aio::Reactor> reactor_;
  std::shared_ptr<Transport> transport_;
  std::thread thread_;
};

}  // namespace plughost::net
