#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "dispatch/body_budget.hpp"
#include "dispatch/executor.hpp"
#include "dispatch/request_pool.hpp"
#include "dispatch/responder.hpp"
#include "routing/route_table.hpp"

namespace plughost::net {

class Connection;
class TlsCertificates;

/// What all I/O threads share. Outlives them.
struct SharedContext {
  const config::Limits& limits;
  config::milliseconds linger;
  dispatch::Responder& responder;
  dispatch::Executor& executor;
  dispatch::BodyBudget& body_budget;
  const TlsCertificates* certificates;                 ///< null: plain HTTP everywhere
  const config::Proxies* proxies = nullptr;            ///< null: nobody is trusted
  std::span<const config::ListenAddress> addresses{};  ///< Config::listen
  std::atomic<std::size_t> connections{0};             ///< accepted and not yet closed
};

/// Makes request ids: 16 hexadecimal digits, unique in the process and, by chance, beyond it.
class RequestIds final {
 public:
  RequestIds();
  void make(std::string& out);

 private:
  std::uint64_t next_;
};

/// What the connections of one I/O thread share. Threads: that thread.
struct IoContext {
  SharedContext& shared;
  dispatch::RequestPool& requests;
  std::shared_ptr<const routing::RouteTable> table;  ///< the one that heads are matched in now
  RequestIds ids;
  std::vector<Connection*> to_advance;  ///< have something to write, or room for what waited
  bool draining = false;
  bool truncating = false;  ///< streams are not waited for any longer
  dispatch::Clock::time_point draining_since{};
  /// When what is being handled came about. Rationale: read once an event, not at each step.
  dispatch::Clock::time_point now = dispatch::Clock::now();
};

}  // namespace plughost::net
