#include "runtime/plugin_instance.hpp"

#include <utility>

#include "runtime/environment.hpp"
#include "runtime/log_bridge.hpp"
#include "wsgi/application.hpp"

using namespace plughost::python;

namespace {

using Kind = Target::Kind;

const char* words_for(Kind kind) {
  switch (kind) {
    case Kind::generator:
      return "a generator function";
    case Kind::coroutine:
      return "an async def function";
    case Kind::async_generator:
      return "an async generator";
    case Kind::app:
    case Kind::function:
      break;
  }
  return "a plain function";
}

std::unique_ptr<Target> load(const RouteTarget& route, const RouteOptions& options) {
  if (options.mode == Mode::asgi || options.mode == Mode::wsgi) {
    const char* interface = options.mode == Mode::asgi ? "asgi" : "wsgi";
    return Target::load_app(route.spec, {interface, options.factory});
  }
  return Target::load(route.spec, route.params);
}

/// The mode a route runs in: as the function is, unless the route says otherwise.
Mode mode_of(const Target& target, std::optional<Mode> wanted) {
  if (wanted == Mode::asgi || wanted == Mode::wsgi) return *wanted;
  const Kind kind = target.kind();
  const bool is_async = kind == Kind::coroutine || kind == Kind::async_generator;
  const Mode mode = wanted.value_or(is_async ? Mode::async : Mode::thread);
  if (mode == Mode::pool && target.takes_stream()) {
    throw BindError("/mode", target.spec() + " takes its body as a stream, and mode pool has it " +
                                 "whole: leave 'mode' out, or annotate the parameter bytes");
  }
  const bool fits = kind != Kind::generator || mode != Mode::pool;
  if (fits && is_async == (mode == Mode::async)) return mode;
  const std::string is = target.spec() + " is " + words_for(kind);
  if (!fits) throw BindError("/mode", is + ", and mode pool cannot stream: leave 'mode' out");
  throw BindError("/mode", is_async ? is + ", which runs in mode async only: leave 'mode' out"
                                    : is + ", and mode async is for 'async def' functions");
}

}  // namespace

ph_plugin::ph_plugin(const ph_host* host, Settings settings)
    : host_(host),
      settings_(std::move(settings)),
      interpreter_(settings_.import_paths, python_executable(settings_.venv)),
      dispatcher_(host, settings_.threads, settings_.queue),
      loop_(host, {settings_.tasks, settings_.loop}),
      hooks_(host),
      pools_(host, settings_),
      offered_routes_(host, settings_.routes) {
  const Interpreter::ControlGil gil(interpreter_);
  send_logging_to(host);
  pool_calls_.attach(pools_);
}

ph_plugin::~ph_plugin() {
  pools_.clear();
  {
    const Interpreter::ControlGil gil(interpreter_);
    hooks_.clear();
    pool_calls_.clear();
  }
  interpreter_.finalize();
}

Backend& ph_plugin::backend_for(const RouteTarget& route, const RouteOptions& options) {
  const Mode mode = mode_of(*route.target, options.mode);
  if (mode == Mode::pool) return pools_.use(options.pool, route);
  {
    const Interpreter::ControlGil gil(interpreter_);
    hooks_.add(route.spec);
    if (mode == Mode::asgi) hooks_.add_app(route.spec, route.target->function());
  }
  const bool runs_on_loop = mode == Mode::async || mode == Mode::asgi;
  if (runs_on_loop) uses_loop_ = true;
  if (started_) start_loop_and_hooks();
  if (runs_on_loop) return loop_;
  return dispatcher_;
}

std::unique_ptr<ph_route_ctx> ph_plugin::bind(std::string_view handler,
                                              std::string_view options_json, std::string_view mount,
                                              std::vector<std::string> params) {
  const RouteOptions options = parse_route_options(options_json);
  auto route = std::make_unique<ph_route_ctx>();
  route->target.spec = handler;
  route->target.params = std::move(params);
  route->target.debug = options.debug.value_or(settings_.debug);
  {
    const Interpreter::ControlGil gil(interpreter_);
    auto target = load(route->target, options);
    if (options.mode == Mode::wsgi) {
      route->target.gateway = std::make_unique<wsgi::Application>(target->function(), mount);
    }
    route->target.target = std::move(target);
    route->target.streams_body =
        options.mode == Mode::asgi || options.stream_body || route->target.target->takes_stream();
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

const OfferedRoute* ph_plugin::offered_route(std::size_t index) {
  if (index == 0) {
    const Interpreter::ControlGil gil(interpreter_);
    offered_routes_.collect();
  }
  return offered_routes_.at(index);
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
    start_loop_and_hooks();
  } catch (...) {
    stop();
    throw;
  }
  started_ = true;
}

void ph_plugin::start_loop_and_hooks() {
  bool hooks_need_loop = false;
  {
    const Interpreter::ControlGil gil(interpreter_);
    hooks_need_loop = hooks_.need_loop();
  }
  if ((uses_loop_ || hooks_need_loop) && !loop_.is_running()) loop_.start();
  const Interpreter::ControlGil gil(interpreter_);
  hooks_.start(&loop_);
}

bool ph_plugin::drain(std::uint64_t deadline_ns) {
  // The loop first: it cancels what is left shortly before the deadline, the others at it.
  const bool tasks_done = loop_.drain(deadline_ns);
  const bool threads_done = dispatcher_.drain(deadline_ns);
  const bool pools_done = pools_.drain(deadline_ns);
  return tasks_done && threads_done && pools_done;
}

void ph_plugin::stop() {
  if (hooks_.has_shutdown()) {
    const Interpreter::ControlGil gil(interpreter_);
    hooks_.stop(&loop_);
  }
  loop_.stop();
  pools_.stop();
  {
    const Interpreter::ControlGil gil(interpreter_);
    pool_calls_.stop();
  }
  dispatcher_.stop();
  started_ = false;
}

std::string ph_plugin::health() const {
  std::string reason = dispatcher_.health();
  if (reason.empty()) reason = loop_.health();
  return reason.empty() ? pools_.health() : reason;
}
