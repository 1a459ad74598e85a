#pragma once

#include <plughost/abi/abi.h>

#include <chrono>
#include <string>

#include "core/py_ref.hpp"

namespace plughost::python::loop {

class EventLoop;

/// The functions on_startup and on_shutdown of the modules that handlers are in.
///
/// Called once for each module, in the order in which the first route of each was bound, and for
/// the end the other way round. `async def` ones run on the event loop. A module that several
/// generations have is started with the first and ended with the last of them.
///
/// Owner:   a generation. Threads: control, GIL held, destruction included.
/// Limits:  an awaited hook gets `limit`, 0: as long as it takes; beyond it is cancelled and has
///          failed.
class Hooks final {
 public:
  using Limit = std::chrono::duration<double>;

  explicit Hooks(const ph_host* host) : host_(host) {}

  /// A route's target, `module:attr`. Errors: throws std::runtime_error.
  void add(const std::string& spec);
  /// An ASGI application (plughost._asgi.Application) of that target, for its lifespan events.
  void add_app(const std::string& spec, PyObject* application);
  /// Whether a module that start has not seen needs an event loop for its hooks.
  bool need_loop() const;
  /// Starts the modules added since the last time; loop may be null.
  /// Errors: throws BindError that names the module; the traceback is in the log.
  void start(const EventLoop* loop, Limit limit);
  /// What fails is logged.
  void stop(const EventLoop* loop, Limit limit);
  /// GIL not needed: whether something was started that stop ends.
  bool has_started() const { return has_started_; }
  /// Lets go of the modules.
  void clear() { object_ = PyRef(); }

 private:
  const PyRef& object();
  void log(PyObject* error) const;

  const ph_host* const host_;
  PyRef object_;  // plughost._hooks.Hooks, from the first add
  bool has_started_ = false;
};

}  // namespace plughost::python::loop
