#include "runtime/plugin_instance.hpp"

#include <utility>

#include "runtime/environment.hpp"
#include "runtime/log_bridge.hpp"
#include "runtime/user_modules.hpp"
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
      generations_(host, settings_, interpreter_, dispatcher_, loop_),
      offered_routes_(host, settings_.routes) {
  const Interpreter::ControlGil gil(interpreter_);
  send_logging_to(host);
  user_modules::install(settings_.import_paths);
  pool_calls_.attach(generations_, settings_);
}

ph_plugin::~ph_plugin() {
  generations_.clear();
  {
    const Interpreter::ControlGil gil(interpreter_);
    pool_calls_.clear();
  }
  interpreter_.finalize();
}

Backend& ph_plugin::backend_for(const RouteOptions& options, ph_route_ctx& route) {
  const RouteTarget& target = route.target;
  Generation& generation = *route.generation;
  const Mode mode = mode_of(*target.target, options.mode);
  if (mode == Mode::pool) return generation.pools.use(options.pool, target);
  {
    const Interpreter::ControlGil gil(interpreter_);
    generation.hooks.add(target.spec);
    if (mode == Mode::asgi) generation.hooks.add_app(target.spec, target.target->function());
  }
  const bool runs_on_loop = mode == Mode::async || mode == Mode::asgi;
  if (!runs_on_loop) return dispatcher_;
  generation.uses_loop = true;
  return loop_;
}

ph_route_ctx* ph_plugin::bind(std::string_view handler, std::string_view options_json,
                              std::string_view mount, std::vector<std::string> params) {
  const RouteOptions options = parse_route_options(options_json);
  auto route = std::make_unique<ph_route_ctx>();
  route->generation = &generations_.open();
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
    route->backend = &backend_for(options, *route);
  } catch (...) {
    const Interpreter::ControlGil gil(interpreter_);
    route.reset();
    throw;
  }
  ph_route_ctx* const bound = route.get();
  generations_.add(std::move(route));
  return bound;
}

void ph_plugin::measure(ph_route_ctx& route, std::string_view pattern) {
  if (route.backend == &dispatcher_) route.target.measures = RouteMeasures(host_, pattern);
}

const OfferedRoute* ph_plugin::offered_route(std::size_t index) {
  if (index == 0) {
    const Interpreter::ControlGil gil(interpreter_);
    offered_routes_.collect();
  }
  return offered_routes_.at(index);
}

void ph_plugin::unbind(ph_route_ctx& route) {
  if (!abandoned()) generations_.unbind(route);  // else its handler may be running for ever
}

void ph_plugin::start() {
  generations_.start_pools();
  try {
    dispatcher_.start();
    generations_.start_hooks();
  } catch (...) {
    stop();
    throw;
  }
}

bool ph_plugin::drain(std::uint64_t deadline_ns) {
  // The loop first: it cancels what is left shortly before the deadline, the others at it.
  const bool tasks_done = loop_.drain(deadline_ns);
  const bool threads_done = dispatcher_.drain(deadline_ns);
  const bool pools_done = generations_.drain_pools(deadline_ns);
  return tasks_done && threads_done && pools_done;
}

void ph_plugin::stop() {
  generations_.stop_hooks();
  loop_.stop();
  generations_.stop_pools();
  {
    const Interpreter::ControlGil gil(interpreter_);
    pool_calls_.stop();
  }
  dispatcher_.stop();
}

std::string ph_plugin::health() const {
  std::string reason = dispatcher_.health();
  if (reason.empty()) reason = loop_.health();
  return reason.empty() ? generations_.health() : reason;
}
