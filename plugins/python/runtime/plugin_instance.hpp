#pragma once

#include <plughost/abi/abi.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "loop/event_loop.hpp"
#include "runtime/backend.hpp"
#include "runtime/dispatcher.hpp"
#include "runtime/generations.hpp"
#include "runtime/interpreter.hpp"
#include "runtime/offered_routes.hpp"
#include "runtime/pool_calls.hpp"
#include "runtime/settings.hpp"

/// The plugin instance: the interpreter, the three ways to run a function in it, and the
/// generations of users' code.
///
/// Threads: health on [any]; everything else on [control], GIL not held.
/// Errors:  constructor and bind throw BindError; start, table_begin and table_commit throw
///          std::exception.
struct ph_plugin final {
 public:
  ph_plugin(const ph_host* host, plughost::python::Settings settings);
  ~ph_plugin();
  ph_plugin(const ph_plugin&) = delete;
  ph_plugin& operator=(const ph_plugin&) = delete;

  /// mount: the literal prefix of the route's pattern. params: the names of its path parameters.
  ph_route_ctx* bind(std::string_view handler, std::string_view options_json,
                     std::string_view mount, std::vector<std::string> params);
  /// Has the calls of a bound route measured, if it runs on dispatch threads.
  void measure(ph_route_ctx& route, std::string_view pattern);
  /// The route of that index that the modules of `routes` declare; null behind the last. Index 0
  /// asks them anew. Errors: throws std::runtime_error.
  const plughost::python::OfferedRoute* offered_route(std::size_t index);
  void unbind(ph_route_ctx& route);
  bool has_open_table() const { return generations_.has_open(); }
  void table_begin() { generations_.begin(); }
  void table_commit() { generations_.commit(); }
  void table_abort() { generations_.abort(); }
  void start();
  bool drain(std::uint64_t deadline_ns);
  void stop();
  std::string health() const;

  /// True after stop if a handler has not returned; then the instance must be leaked.
  bool abandoned() const { return dispatcher_.abandoned() || loop_.abandoned(); }

 private:
  plughost::python::Backend& backend_for(const plughost::python::RouteOptions& options,
                                         ph_route_ctx& route);

  const ph_host* const host_;
  const plughost::python::Settings settings_;
  plughost::python::Interpreter interpreter_;
  plughost::python::Dispatcher dispatcher_;
  plughost::python::loop::EventLoop loop_;
  plughost::python::Generations generations_;
  plughost::python::PoolCalls pool_calls_;
  plughost::python::OfferedRoutes offered_routes_;
};
