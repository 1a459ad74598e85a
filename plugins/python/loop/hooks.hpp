#pragma once

#include <plughost/abi/abi.h>

#include <string>

#include "core/py_ref.hpp"

namespace plughost::python::loop {

class EventLoop;

/// The functions on_startup and on_shutdown of the modules that handlers are in.
///
/// Called once for each module, in the order in which the first route of each was bound, and for
/// the end the other way round. `async def` ones run on the event loop.
///
/// Owner:   the plugin instance. Threads: control, GIL held, destruction included.
class Hooks final {
 public:
  explicit Hooks(const ph_host* host) : host_(host) {}

  /// A route's target, `module:attr`. Errors: throws std::runtime_error.
  void add(const std::string& spec);
  /// An ASGI application (plughost._asgi.Application) of that target, for its lifespan events.
  void add_app(const std::string& spec, PyObject* application);
  /// Whether a module that start has not seen needs an event loop for its hooks.
  bool need_loop() const;
  /// Starts the modules added since the last time; loop may be null.
  /// Errors: throws BindError that names the module; the traceback is in the log.
  void start(const EventLoop* loop);
  /// What fails is logged.
  void stop(const EventLoop* loop);
  /// GIL not needed: whether stop has something to call.
  bool has_shutdown() const { return has_shutdown_; }
  /// Before the interpreter is finalised.
  void clear() { object_ = PyRef(); }

 private:
  const PyRef& object();
  void log(PyObject* error) const;

  const ph_host* const host_;
  PyRef object_;  // plughost._hooks.Hooks, from the first add
  bool has_shutdown_ = false;
};

}  // namespace plughost::python::loop
