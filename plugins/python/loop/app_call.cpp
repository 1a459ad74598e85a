#include "loop/app_call.hpp"

#include "core/views.hpp"
#include "loop/app_event.hpp"
#include "loop/call.hpp"
#include "loop/event_loop.hpp"
#include "loop/ready.hpp"
#include "loop/socket_call.hpp"
#include "runtime/answer.hpp"

namespace plughost::python::loop {
namespace {

using Phase = AppState::Phase;

CallState& state_of(PyObject* self) { return *reinterpret_cast<CallObject*>(self)->state; }

bool is_gone(const CallState& state) {
  const ph_host* host = state.loop.host();
  return state.over || host->http->is_cancelled(host, state.job.token) != 0;
}

PyRef body_event(const PyRef& body, bool more) {
  return PyRef::steal(body ? Py_BuildValue("{sssOsO}", "type", "http.request", "body", body.get(),
                                           "more_body", more ? Py_True : Py_False)
                           : nullptr);
}

PyRef no_bytes() { return PyRef::steal(PyBytes_FromStringAndSize(nullptr, 0)); }

PyRef disconnect_event() { return PyRef::steal(Py_BuildValue("{ss}", "type", "http.disconnect")); }

PyObject* next_event(PyObject* self, PyObject*) {
  CallState& state = state_of(self);
  AppState& app = *state.app;
  if (!state.over && !app.body_received) {
    PyRef piece;
    switch (state.body->next(piece)) {
      case BodyReader::Next::piece:
        app.body_received = state.body->at_end();
        return make_ready(body_event(piece, !app.body_received)).release();
      case BodyReader::Next::end:
        app.body_received = true;
        return make_ready(body_event(no_bytes(), false)).release();
      case BodyReader::Next::pending:
        return wait_body(*reinterpret_cast<CallObject*>(self)).release();
      case BodyReader::Next::gone:
        return make_ready(disconnect_event()).release();
    }
  }
  if (is_gone(state)) return make_ready(disconnect_event()).release();
  return app.receivers.add(state.loop).release();
}

PyObject* response_start(AppState& app, PyObject* event) {
  app.head.clear();
  PyObject* status = PyDict_GetItem(event, event_keys().status);
  const long number = status == nullptr ? 0 : PyLong_AsLong(status);
  if (PyErr_Occurred() != nullptr) return nullptr;
  app.head.status = static_cast<unsigned>(number);
  if (!append_headers(event, app.head)) return nullptr;
  app.phase = Phase::started;
  return ready_none().release();
}

/// The whole answer at once, if that is what it is.
bool respond_whole(CallState& state, PyObject* body) {
  AppState& app = *state.app;
  if (app.phase != Phase::started || view(state.job.head->method) == "HEAD") return false;
  app.phase = Phase::done;
  keep_head(state);
  const auto size = static_cast<std::size_t>(PyBytes_GET_SIZE(body));
  answer(state.loop.host(), state.job.token, *state.job.head, app.head,
         {PyBytes_AS_STRING(body), size});
  end_call(state);
  return true;
}

PyObject* response_body(PyObject* self, CallState& state, PyObject* event) {
  AppState& app = *state.app;
  static PyObject* const empty = PyBytes_FromStringAndSize(nullptr, 0);
  PyObject* body = PyDict_GetItem(event, event_keys().body);
  if (body == nullptr) body = empty;
  PyObject* more_body = PyDict_GetItem(event, event_keys().more_body);
  const int more = more_body == nullptr ? 0 : PyObject_IsTrue(more_body);
  if (more < 0) return nullptr;
  PyRef copy;
  if (!PyBytes_Check(body)) {
    copy = PyRef::steal(PyBytes_FromObject(body));
    if (!copy) return nullptr;
    body = copy.get();
  }
  if (more == 0 && respond_whole(state, body)) return ready_none().release();
  if (app.phase == Phase::started) {
    keep_head(state);
    state.stream.emplace(state.loop.host(), state.job, std::move(app.head), Stream::Type::as_given);
    app.phase = Phase::body;
  }
  const Stream::Next next = state.stream->put(body);
  if (more == 0) {
    app.phase = Phase::done;
    state.stream->end();
  }
  if (state.stream->over() && !state.over) {
    end_call(state);
    if (more != 0) cancel(*state.self);
  }
  if (next != Stream::Next::wait || state.over) return ready_none().release();
  return wait_writable(*reinterpret_cast<CallObject*>(self)).release();
}

PyObject* send(PyObject* self, PyObject* event) {
  CallState& state = state_of(self);
  AppState& app = *state.app;
  const char* type = event_type(event);
  if (type == nullptr) return nullptr;
  const std::string_view message = type;
  const bool is_start = message == "http.response.start";
  if (app.phase == Phase::done) return refuse_event("none, for the answer is complete", message);
  if (!is_start && message != "http.response.body") {
    return refuse_event("'http.response.start' or 'http.response.body'", message);
  }
  if (is_start != (app.phase == Phase::waiting)) {
    return refuse_event(is_start ? "'http.response.body'" : "'http.response.start'", message);
  }
  // The answer was made already, or cut: nobody waits for this one.
  if (state.over) return ready_none().release();
  return is_start ? response_start(app, event) : response_body(self, state, event);
}

}  // namespace

PyMethodDef kAppMethods[] = {{"send", send, METH_O, nullptr},
                             {"next_event", next_event, METH_NOARGS, nullptr},
                             {nullptr, nullptr, 0, nullptr}};

PyObject* send_response(CallObject& call, PyObject* event) {
  return send(reinterpret_cast<PyObject*>(&call), event);
}

void finish_app(CallObject& call) {
  CallState& state = *call.state;
  if (!state.over && state.stream && state.stream->has_begun() && state.stream->is_gone()) {
    state.stream->cancel();
    end_call(state);
  } else if (!state.over) {
    if (!state.stream) {
      PyErr_SetString(PyExc_RuntimeError, "the ASGI application returned without an answer");
    } else {
      PyErr_SetString(PyExc_RuntimeError, "the ASGI application returned before its answer ended");
    }
    fail(call);
  }
  leave_app(state);
}

void disconnect(CallState& state) {
  if (state.socket) return disconnect_socket(state);
  state.app->receivers.wake();
}

}  // namespace plughost::python::loop
