#pragma once

#include <memory>
#include <optional>

#include "core/py_ref.hpp"
#include "core/reply.hpp"
#include "loop/app_call.hpp"
#include "loop/socket_call.hpp"
#include "loop/waiters.hpp"
#include "runtime/backend.hpp"
#include "runtime/body_reader.hpp"
#include "runtime/kept_head.hpp"
#include "runtime/stream.hpp"

namespace plughost::python::loop {

class EventLoop;

struct CallObject;

/// What one request needs while its task runs.
struct CallState {
  CallState(EventLoop& its_loop, const Job& its_job) : loop(its_loop), job(its_job) {}

  EventLoop& loop;
  CallObject* self = nullptr;  ///< who owns this
  Job job;
  KeptHead kept;                    ///< job.head, from where the request may end before its task
  PyRef task;                       ///< while it is owed an answer
  PyRef held;                       ///< see Target::begin
  std::optional<Stream> stream;     ///< once the handler's result was one
  Waiters writers;                  ///< until the stream takes bytes again
  bool awaits_room = false;         ///< the host will say when it does
  std::optional<BodyReader> body;   ///< for a handler or application that reads it as it arrives
  Waiters readers;                  ///< until there is more of it
  bool awaits_body = false;         ///< the host will say when there is
  std::optional<AppState> app;      ///< for a request of an ASGI application
  std::uint64_t gone_since_ns = 0;  ///< when it was first seen that nobody waits; 0: somebody does
  bool watched = false;
  std::size_t lingers_at = 0;  ///< see EventLoop::linger
  bool over = false;           ///< the terminal call was made
  /// Beside app, for a request that asks for a WebSocket.
  std::unique_ptr<SocketState> socket;
};

/// The Python object that a request's task makes its answer with: plughost._loop.Call.
///
/// Owner:   its task, and the loop while the task is new. One that dies without an answer answers
///          500.
/// Threads: the loop's, GIL held.
struct CallObject {
  PyObject_HEAD CallState* state;
};

/// Empty: a Python error is set.
PyRef make_call(EventLoop& loop, const Job& job);

inline CallObject& call_of(const PyRef& object) {
  return *reinterpret_cast<CallObject*>(object.get());
}

/// Calls the handler. Empty: the request is answered, or a Python error is set.
PyRef begin_handler(CallObject& call);
/// Makes the terminal call of what the handler returned. Not empty: the body is still to come,
/// piece by piece from that.
PyRef settle(CallObject& call, PyObject* result);
/// Makes the terminal call of the Python error that is set; only logs it if that was made before.
void fail(CallObject& call);
/// fail() of an error that was taken; one that only says that the task was cancelled is none.
void fail_with(CallObject& call, PyObject* error);
/// on_writable has fired.
void wake_writers(CallObject& call);
/// A future, done when the body's next piece may be there. Empty: a Python error is set.
PyRef wait_body(CallObject& call);
/// on_body has fired.
void wake_readers(CallObject& call);
/// call.read(): bytes, b"" at the end of the body, or a future after which to call it again.
PyObject* read_body(PyObject* self, PyObject*);
/// Answers a problem instead.
void refuse(CallObject& call, unsigned status, std::string_view why);

/// The host has hinted that the client may be gone. Cancels the task, unless it is over.
///
/// An answer that has begun goes on while the client is there, since the host hints to all of them
/// when the server stops; only an event stream, which has no end, is ended then. An ASGI
/// application is told of the disconnect first, and cancelled when its deadline has passed or it
/// takes no notice.
void cancel(CallObject& call);
/// call.look(): cancel again, a moment later.
PyObject* look(PyObject* self, PyObject*);
/// Cancels the task whatever its client does.
void cancel_now(CallObject& call);
/// From here on job.head is a copy.
void keep_head(CallState& state);

// For the methods of an ASGI application's call.

/// After the terminal call.
void end_call(CallState& state);
/// After the application has returned.
void leave_app(CallState& state);
/// A future, done when the client has taken enough. Empty: a Python error is set.
PyRef wait_writable(CallObject& call);

}  // namespace plughost::python::loop
