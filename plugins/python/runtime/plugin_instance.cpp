#include "runtime/plugin_instance.hpp"

#include <utility>

#include "runtime/environment.hpp"
#include "runtime/log_bridge.hpp"

using namespace plughost::python;

namespace {

PoolSettings pool_settings(const Settings& settings) {
  PoolSettings pool;
  pool.workers = settings.pool_workers;
  pool.queue = settings.pool_queue;
  pool.import_paths = settings.import_paths;
  pool.import_paths.push_back(package_folder());
  pool.worker_module = plugin_folder() + "/" PLUGHOST_WORKER_MODULE;
  pool.python_executable = python_executable(settings.venv);
  return pool;
}

}  // namespace

ph_plugin::ph_plugin(const ph_host* host, Settings settings)
    : host_(host),
      settings_(std::move(settings)),
      interpreter_(settings_.import_paths, python_executable(settings_.venv)),
      dispatcher_(host, settings_.threads, settings_.queue) {
  const Interpreter::ControlGil gil(interpreter_);
  send_logging_to(host);
}

ph_plugin::~ph_plugin() {
  visible_pool_.store(nullptr);
  pool_.reset();
  interpreter_.finalize();
}

Backend& ph_plugin::backend_for(const RouteTarget& route, Mode mode) {
  if (mode == Mode::thread) return dispatcher_;
  if (pool_ != nullptr) {
    pool_->add_route(route);
    return *pool_;
  }
  std::unique_ptr<Pool> made = make_pool(host_, pool_settings(settings_));
  made->add_route(route);
  if (started_) made->start();
  pool_ = std::move(made);
  visible_pool_.store(pool_.get(), std::memory_order_release);
  return *pool_;
}

std::unique_ptr<ph_route_ctx> ph_plugin::bind(std::string_view handler,
                                              std::string_view options_json,
                                              std::vector<std::string> params) {
  const RouteOptions options = parse_route_options(options_json);
  auto route = std::make_unique<ph_route_ctx>();
  route->target.spec = handler;
  route->target.params = std::move(params);
  route->target.debug = options.debug.value_or(settings_.debug);
  {
    const Interpreter::ControlGil gil(interpreter_);
    route->target.target = Target::load(handler, route->target.params);
  }
  try {
    route->backend = &backend_for(route->target, options.mode);
  } catch (...) {
    const Interpreter::ControlGil gil(interpreter_);
    route.reset();
    throw;
  }
  return route;
}

void ph_plugin::unbind(std::unique_ptr<ph_route_ctx> route) {
  if (abandoned()) {
    // Its handler may be running for ever.
    static_cast<void>(route.release());
    return;
  }
  const Interpreter::ControlGil gil(interpreter_);
  route.reset();
}

void ph_plugin::start() {
  if (pool_ != nullptr) pool_->start();
  try {
    dispatcher_.start();
  } catch (...) {
    if (pool_ != nullptr) pool_->stop();
    throw;
  }
  started_ = true;
}

bool ph_plugin::drain(std::uint64_t deadline_ns) {
  const bool threads_done = dispatcher_.drain(deadline_ns);
  const bool pool_done = pool_ == nullptr || pool_->drain(deadline_ns);
  return threads_done && pool_done;
}

void ph_plugin::stop() {
  if (pool_ != nullptr) pool_->stop();
  dispatcher_.stop();
  started_ = false;
}

std::string ph_plugin::health() const {
  std::string reason = dispatcher_.health();
  const Pool* pool = visible_pool_.load(std::memory_order_acquire);
  if (reason.empty() && pool != nullptr) reason = pool->health();
  return reason;
}
