#include "loop/call.hpp"

#include "core/problem.hpp"
#include "loop/event_loop.hpp"
#include "loop/socket_handshake.hpp"
#include "runtime/answer.hpp"
#include "runtime/clock.hpp"

namespace plughost::python::loop {
namespace {

CallObject& call_of(PyObject* self) { return *reinterpret_cast<CallObject*>(self); }

bool is_cancelled(void* ctx) noexcept {
  const auto& state = *static_cast<const CallState*>(ctx);
  const ph_host* host = state.loop.host();
  return host->http->is_cancelled(host, state.job.token) != 0;
}

void end_if_over(CallState& state) {
  if (!state.over && state.stream->over()) end_call(state);
}

Reply& reply_of_this_thread() {
  thread_local Reply reply;
  return reply;
}

void send(CallState& state, Reply& reply) {
  if (state.job.route->debug) show_log(reply);
  answer(state.loop.host(), state.job.token, *state.job.head, reply);
  end_call(state);
}

bool is_cancellation(PyObject* error) {
  const PyRef module = PyRef::steal(PyImport_ImportModule("asyncio"));
  const PyRef type =
      PyRef::steal(module ? PyObject_GetAttrString(module.get(), "CancelledError") : nullptr);
  if (!type) PyErr_Clear();
  return type && PyObject_IsInstance(error, type.get()) == 1;
}

/// call.finish(result): what is still to be sent, or None.
PyObject* finish_method(PyObject* self, PyObject* result) {
  PyRef stream = settle(call_of(self), result);
  return stream ? stream.release() : PyRef::borrow(Py_None).release();
}

/// call.put(piece): True, False if the client is slow, None if nobody wants more.
PyObject* put_method(PyObject* self, PyObject* piece) {
  CallState& state = *call_of(self).state;
  if (state.over || !state.stream) Py_RETURN_NONE;
  const Stream::Next next = state.stream->put(piece);
  end_if_over(state);
  if (next == Stream::Next::over) Py_RETURN_NONE;
  return PyBool_FromLong(next == Stream::Next::go_on);
}

/// call.writable(): a future.
PyObject* writable_method(PyObject* self, PyObject*) {
  return wait_writable(call_of(self)).release();
}

/// call.end(): there are no more pieces.
PyObject* end_method(PyObject* self, PyObject*) {
  CallState& state = *call_of(self).state;
  if (!state.over && state.stream) {
    state.stream->end();
    end_if_over(state);
  }
  Py_RETURN_NONE;
}

/// call.fail(error)
PyObject* fail_method(PyObject* self, PyObject* error) {
  CallObject& call = call_of(self);
  fail_with(call, error);
  if (call.state->app) leave_app(*call.state);
  Py_RETURN_NONE;
}

void deallocate(PyObject* self) {
  CallObject& call = call_of(self);
  PyTypeObject* const type = Py_TYPE(self);
  if (call.state != nullptr) {
    refuse(call, 500, "The handler was given up.");
    if (call.state->app) leave_app(*call.state);
    --call.state->job.route->tasks;
    delete call.state;
  }
  PyObject_Free(self);
  Py_DECREF(reinterpret_cast<PyObject*>(type));
}

PyMethodDef kMethods[] = {{"finish", finish_method, METH_O, nullptr},
                          {"fail", fail_method, METH_O, nullptr},
                          {"put", put_method, METH_O, nullptr},
                          {"end", end_method, METH_NOARGS, nullptr},
                          {"look", look, METH_NOARGS, nullptr},
                          {"read", read_body, METH_NOARGS, nullptr},
                          {"writable", writable_method, METH_NOARGS, nullptr},
                          {nullptr, nullptr, 0, nullptr}};

PyType_Slot kSlots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(&deallocate)}, {Py_tp_methods, kMethods}, {0, nullptr}};

PyType_Spec kSpec = {"plughost.Call", sizeof(CallObject), 0,
                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
                     kSlots};

/// Made once and kept: a destructor at exit would run after the interpreter is gone.
PyTypeObject* call_type() {
  static PyTypeObject* const type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&kSpec));
  return type;
}

/// A call with the methods of an ASGI application beside its own.
PyTypeObject* make_app_type(const char* name, PyMethodDef* methods) {
  PyType_Slot slots[] = {{Py_tp_methods, methods}, {0, nullptr}};
  PyType_Spec spec = {name, sizeof(CallObject), 0,
                      Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};
  const PyRef base = PyRef::borrow(reinterpret_cast<PyObject*>(call_type()));
  return reinterpret_cast<PyTypeObject*>(base ? PyType_FromSpecWithBases(&spec, base.get())
                                              : nullptr);
}

PyTypeObject* app_call_type(bool is_socket) {
  static PyTypeObject* const app = make_app_type("plughost.AppCall", kAppMethods);
  static PyTypeObject* const socket = make_app_type("plughost.SocketCall", kSocketMethods);
  return is_socket ? socket : app;
}

}  // namespace

PyRef make_call(EventLoop& loop, const Job& job) {
  const bool is_app = job.route->target->kind() == Target::Kind::app;
  const ph_websocket_api* const websockets = loop.websockets();
  const bool is_socket = is_app && websockets != nullptr && asks_for_websocket(*job.head);
  PyTypeObject* const type = is_app ? app_call_type(is_socket) : call_type();
  CallObject* const call = type == nullptr ? nullptr : PyObject_New(CallObject, type);
  if (call == nullptr) return {};
  call->state = new CallState(loop, job);
  ++job.route->tasks;
  call->state->self = call;
  if (is_app) call->state->app.emplace();
  if (is_socket) call->state->socket = std::make_unique<SocketState>(*websockets);
  if (job.route->streams_body && !is_socket) {
    call->state->body.emplace(loop.host(), job.token, *job.head);
  }
  return PyRef::steal(reinterpret_cast<PyObject*>(call));
}

PyRef begin_handler(CallObject& call) {
  CallState& state = *call.state;
  Reply& reply = reply_of_this_thread();
  PyRef body;
  if (state.body) {
    const PyRef self = PyRef::borrow(reinterpret_cast<PyObject*>(&call));
    body = make_body_stream(PyRef::steal(PyObject_GetAttrString(self.get(), "read")), true);
    if (!body) return {};
  }
  PyRef result = state.job.route->target->begin(*state.job.head, &is_cancelled, &state, state.held,
                                                reply, body.get());
  if (!result) send(state, reply);
  return result;
}

PyRef settle(CallObject& call, PyObject* result) {
  CallState& state = *call.state;
  if (state.over) return {};
  Reply& reply = reply_of_this_thread();
  PyRef stream;
  state.job.route->target->settle(result, *state.job.head, reply, &stream);
  if (stream) {
    keep_head(state);
    state.stream.emplace(state.loop.host(), state.job, std::move(reply));
  } else {
    send(state, reply);
  }
  return stream;
}

void fail(CallObject& call) {
  CallState& state = *call.state;
  if (state.over || is_upgraded(state)) {
    log_late_failure(state.loop.host(), state.job);
    if (!state.over) close_socket(state, PH_WS_INTERNAL_ERROR);
  } else if (state.stream) {
    state.stream->fail();
    end_if_over(state);
  } else {
    settle(call, nullptr);
  }
}

void fail_with(CallObject& call, PyObject* error) {
  CallState& state = *call.state;
  const bool cancelled = is_cancellation(error);
  if (cancelled && state.over) return;
  if (cancelled && (state.loop.is_cancelling() || is_cancelled(&state))) {
    // Read by a client that closed only its sending side, or by one of a server that stops.
    refuse(call, 503, "The request was cancelled.");
    return;
  }
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error)), error);
  fail(call);
}

PyRef wait_writable(CallObject& call) {
  CallState& state = *call.state;
  PyRef future = state.writers.add(state.loop);
  if (!future || state.awaits_room) return future;
  const ph_host* host = state.loop.host();
  state.awaits_room =
      !state.over &&
      host->http->on_writable(host, state.job.token,
                              notify_inbox(state.loop.inbox(), News::Kind::writable)) == PH_OK;
  if (!state.awaits_room) wake_writers(call);
  return future;
}

void wake_writers(CallObject& call) {
  call.state->awaits_room = false;
  call.state->writers.wake();
}

/// The task's reference to the call and the other way round are a cycle.
void end_call(CallState& state) {
  state.over = true;
  Target::let_go(state.held);
  state.held = PyRef();
  if (state.watched) state.loop.forget(state.job.token);
  wake_writers(*state.self);
  wake_readers(*state.self);
  state.job.head = &state.kept.head();  // the host has taken its own back
  if (state.app) {
    disconnect(state);
    if (!state.app->returned) return state.loop.linger(*state.self);
  }
  state.loop.inbox()->end();
  state.task = PyRef();
}

void leave_app(CallState& state) {
  if (state.app->returned) return;
  state.app->returned = true;
  if (!state.over) return;
  state.loop.leave(*state.self);
  state.loop.inbox()->end();
  state.task = PyRef();
}

void refuse(CallObject& call, unsigned status, std::string_view why) {
  CallState& state = *call.state;
  if (state.over) return;
  if (is_upgraded(state)) {
    return close_socket(state,
                        state.loop.is_cancelling() ? PH_WS_GOING_AWAY : PH_WS_INTERNAL_ERROR);
  }
  if (state.stream) {
    state.stream->cancel();
    end_call(state);
    return;
  }
  answer_problem(state.loop.host(), state.job.token, status, why, *state.job.head);
  end_call(state);
}

void keep_head(CallState& state) {
  if (state.job.head == &state.kept.head()) return;
  state.kept.keep(*state.job.head);
  state.job.head = &state.kept.head();
}

}  // namespace plughost::python::loop
