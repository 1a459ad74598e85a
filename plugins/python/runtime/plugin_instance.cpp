#include "runtime/plugin_instance.hpp"

#include <utility>

#include "runtime/environment.hpp"
#include "runtime/log_bridge.hpp"

using namespace plughost::python;

ph_plugin::ph_plugin(const ph_host* host, Settings settings)
    : host_(host),
      settings_(std::move(settings)),
      interpreter_(settings_.import_paths, python_executable(settings_.venv)),
      dispatcher_(host, settings_.threads, settings_.queue),
      pools_(host, settings_) {
  const Interpreter::ControlGil gil(interpreter_);
  send_logging_to(host);
}

ph_plugin::~ph_plugin() {
  pools_.clear();
  interpreter_.finalize();
}

Backend& ph_plugin::backend_for(const RouteTarget& route, const RouteOptions& options) {
  if (options.mode == Mode::thread) return dispatcher_;
  return pools_.use(options.pool, route);
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
    route->backend = &backend_for(route->target, options);
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
  pools_.start();
  try {
    dispatcher_.start();
  } catch (...) {
    pools_.stop();
    throw;
  }
}

bool ph_plugin::drain(std::uint64_t deadline_ns) {
  const bool threads_done = dispatcher_.drain(deadline_ns);
  const bool pools_done = pools_.drain(deadline_ns);
  return threads_done && pools_done;
}

void ph_plugin::stop() {
  pools_.stop();
  dispatcher_.stop();
}

std::string ph_plugin::health() const {
  const std::string reason = dispatcher_.health();
  return reason.empty() ? pools_.health() : reason;
}
