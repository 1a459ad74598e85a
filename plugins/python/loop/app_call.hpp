#pragma once

#include "core/py_ref.hpp"
#include "core/reply.hpp"
#include "loop/waiters.hpp"

namespace plughost::python::loop {

/// What a request of an ASGI application has said so far.
struct AppState {
  enum class Phase {
    waiting,  ///< for http.response.start
    started,  ///< head is known, nothing was sent
    body,     ///< a stream has begun
    done,
  };

  Phase phase = Phase::waiting;
  Reply head;
  bool body_received = false;
  bool returned = false;
  Waiters receivers;  ///< calls of receive() that wait for http.disconnect
};

struct CallState;
struct CallObject;

/// The methods send and next_event of plughost.AppCall, in this order; nullptr at the end.
extern PyMethodDef kAppMethods[];

/// Tells each receive() that waits.
void disconnect(CallState& state);

/// The application has returned.
void finish_app(CallObject& call);
/// call.send(event), for a WebSocket connection that is refused in this way.
PyObject* send_response(CallObject& call, PyObject* event);

}  // namespace plughost::python::loop
