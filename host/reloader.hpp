#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "config/config.hpp"
#include "net/server.hpp"
#include "net/tls_certificates.hpp"
#include "route_tables.hpp"

namespace plughost {

/// Puts a changed routes.yaml, changed plugins and changed modules into use while the host serves.
///
/// A reload first proves everything in a process of its own, then makes a new route table beside
/// the one in use, with all that answers its routes, and then matches new requests in it. Requests
/// that have begun go on with what they began with; what they used is let go of when the last of
/// them is over. After any mistake everything stays as it was, and the log says why. Certificates
/// are read first. Rationale: a renewed one must not wait for a file that somebody is editing.
///
/// Owner:   App. Threads: request and stop on one thread; the work is done on a thread of its own.
/// Limits:  tables that long requests keep in use: at kMostOldTables a reload is refused.
class Reloader final {
 public:
  /// Reads the configuration again. Errors: throws StartError.
  using Load = std::function<config::Config()>;

  static constexpr std::size_t kMostOldTables = 16;

  /// running: what the process was started with. certificates: null without TLS.
  Reloader(const config::Config& running, Load load, RouteTables& tables, net::Server& server,
           net::TlsCertificates* certificates);
  ~Reloader();
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  /// One more reload, soon. One that is asked for before the last one has begun is the same one.
  void request();

  /// Waits for the reload that runs, which gives up between two of its steps.
  void stop();

 private:
  void run();
  void reload();
  void use_new_routes();
  bool stopping() const;

  const config::Config& running_;
  const Load load_;
  RouteTables& tables_;
  net::Server& server_;
  net::TlsCertificates* const certificates_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool requested_ = false;  // guarded by mutex_, as is stopping_
  bool stopping_ = false;
  std::thread thread_;  // last: it uses the members above
};

}  // namespace plughost
