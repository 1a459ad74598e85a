#pragma once

#include <plughost/abi/abi.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "loop/event_loop.hpp"
#include "loop/hooks.hpp"
#include "runtime/backend.hpp"
#include "runtime/dispatcher.hpp"
#include "runtime/interpreter.hpp"
#include "runtime/offered_routes.hpp"
#include "runtime/pool_calls.hpp"
#include "runtime/pools.hpp"
#include "runtime/settings.hpp"

/// One route bound to a Python function; what the host hands back with each request of it.
struct ph_route_ctx {
  plughost::python::RouteTarget target;
  plughost::python::Backend* backend = nullptr;
};

/// The plugin instance: the interpreter and the three ways to run a function in it.
///
/// Threads: health on [any]; everything else on [control], GIL not held.
/// Errors:  constructor and bind throw BindError; start throws std::exception.
struct ph_plugin final {
 public:
  ph_plugin(const ph_host* host, plughost::python::Settings settings);
  ~ph_plugin();
  ph_plugin(const ph_plugin&) = delete;
  ph_plugin& operator=(const ph_plugin&) = delete;

  /// mount: the literal prefix of the route's pattern. params: the names of its path parameters.
  std::unique_ptr<ph_route_ctx> bind(std::string_view handler, std::string_view options_json,
                                     std::string_view mount, std::vector<std::string> params);
  /// The route of that index that the modules of `routes` declare; null behind the last. Index 0
  /// asks them anew. Errors: throws std::runtime_error.
  const plughost::python::OfferedRoute* offered_route(std::size_t index);
  void unbind(std::unique_ptr<ph_route_ctx> route);
  void start();
  bool drain(std::uint64_t deadline_ns);
  void stop();
  std::string health() const;

  /// True after stop if a handler has not returned; then the instance must be leaked.
  bool abandoned() const { return dispatcher_.abandoned() || loop_.abandoned(); }

 private:
  plughost::python::Backend& backend_for(const plughost::python::RouteTarget& route,
                                         const plughost::python::RouteOptions& options);
  void start_loop_and_hooks();

  const ph_host* const host_;
  const plughost::python::Settings settings_;
  plughost::python::Interpreter interpreter_;
  plughost::python::Dispatcher dispatcher_;
  plughost::python::loop::EventLoop loop_;
  plughost::python::loop::Hooks hooks_;
  plughost::python::Pools pools_;
  plughost::python::PoolCalls pool_calls_;
  plughost::python::OfferedRoutes offered_routes_;
  bool uses_loop_ = false;  // a route does
  bool started_ = false;
};
