#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "dispatch/executor.hpp"
#include "dispatch/responder.hpp"
#include "net/inherited_sockets.hpp"
#include "routing/route_table.hpp"

namespace plughost::net {

class TlsCertificates;

/// The HTTP/1.1 front end: the listening sockets, the I/O threads and their connections.
///
/// Stop order: stop_accepting, begin_drain, wait_until_empty (after a while close_unowed; at the
/// deadline another thread calls force_close), stop. Requests may be answered until stop.
///
/// Without certificates it speaks plain HTTP.
///
/// Owner:   App; outlived by Config, Responder, Executor, certificates and every Handler.
/// Threads: members on one thread at a time; the counts on [any].
/// Errors:  the constructor throws StartError (ExitCode::cannot_listen); nothing else fails.
class Server final {
 public:
  /// Takes the inherited sockets.
  Server(const config::Config& config, unsigned io_threads, dispatch::Responder& responder,
         dispatch::Executor& executor, std::shared_ptr<const routing::RouteTable> table,
         std::vector<InheritedSocket> inherited, const TlsCertificates* certificates = nullptr);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Starts the threads; clients are answered from now on.
  void start();
  /// Where it listens, in the order of `listen`: see ListeningSocket::url().
  const std::vector<std::string>& urls() const;

  /// Requests whose head is complete from now on are matched in that table; those before go on in
  /// the one they were matched in, which lives as long as they need it. Returns when all I/O
  /// threads know it; one that a plugin holds up is not waited for.
  void use(const std::shared_ptr<const routing::RouteTable>& table);

  void stop_accepting();
  void begin_drain();
  /// Returns when the last connection is closed. False: the deadline came first.
  bool wait_until_empty(dispatch::Clock::time_point deadline) const;
  /// Closes the connections on which no answer is owed, half-read requests included.
  void close_unowed();
  /// Answers 503 to whatever is unanswered and closes every connection.
  void force_close();
  void stop();

  std::size_t connections() const;
  /// Requests a handler was given and that are not finished, those of clients who left included.
  std::uint64_t requests_dispatched() const;
  /// Requests in any state, half-read ones included.
  std::uint64_t requests_in_use() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace plughost::net
