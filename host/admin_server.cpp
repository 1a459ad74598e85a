#include "admin_server.hpp"

#include <utility>

#include "admin/pages.hpp"
#include "admin/readiness.hpp"
#include "base/log.hpp"
#include "dispatch/executor.hpp"
#include "dispatch/responder.hpp"
#include "net/server.hpp"

namespace plughost {
namespace {

constexpr std::size_t kQueue = 64;
constexpr std::chrono::milliseconds kTimeout{2000};

config::Config admin_config(const config::Config& config) {
  config::Config own;
  own.file = config.file;
  own.directory = config.directory;
  own.listen = {*config.admin};
  own.admin.reset();
  own.timeout = kTimeout;
  own.limits.body = own.limits.buffered_bytes = 64 * 1024;
  own.limits.connections = AdminServer::kConnections;
  own.shutdown.linger = std::chrono::milliseconds(0);
  return own;
}

}  // namespace

class AdminServer::Impl {
 public:
  Impl(const config::Config& settings, Sources sources)
      : config(admin_config(settings)),
        readiness(std::move(sources.ailments)),
        executor(responder, 1, kQueue),
        pages(responder, readiness, std::move(sources.metrics)),
        server(config, 1, responder, executor, pages.make_table(config), {}) {
    server.start();
    log::info("admin pages /livez, /readyz and /metrics on " + server.urls().front());
  }
  ~Impl() { executor.stop(); }  // what it answers goes through the server

  const config::Config config;
  admin::Readiness readiness;
  dispatch::Responder responder;
  dispatch::Executor executor;
  admin::Pages pages;
  net::Server server;
};

AdminServer::AdminServer(const config::Config& config, Sources sources)
    : impl_(config.admin ? std::make_unique<Impl>(config, std::move(sources)) : nullptr) {}

AdminServer::~AdminServer() = default;

void AdminServer::set_serving() {
  if (impl_ != nullptr) impl_->readiness.set_serving();
}

void AdminServer::set_stopping() {
  if (impl_ != nullptr) impl_->readiness.set_stopping();
}

}  // namespace plughost
