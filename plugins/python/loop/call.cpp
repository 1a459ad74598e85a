#include "loop/call.hpp"

#include "core/problem.hpp"
#include "loop/event_loop.hpp"
#include "runtime/answer.hpp"

namespace plughost::python::loop {
namespace {

CallObject& call_of(PyObject* self) { return *reinterpret_cast<CallObject*>(self); }

bool is_cancelled(void* ctx) noexcept {
  const auto& state = *static_cast<const CallState*>(ctx);
  const ph_host* host = state.loop.host();
  return host->http->is_cancelled(host, state.job.token) != 0;
}

/// After the terminal call. The task's reference to the call and the other way round are a cycle.
void end(CallState& state) {
  state.over = true;
  Target::let_go(state.held);
  state.held = PyRef();
  if (state.watched) state.loop.forget(state.job.token);
  state.loop.inbox()->end();
  state.task = PyRef();
}

Reply& reply_of_this_thread() {
  thread_local Reply reply;
  return reply;
}

void send(CallState& state, Reply& reply) {
  if (state.job.route->debug) show_log(reply);
  answer(state.loop.host(), state.job.token, reply);
  end(state);
}

PyObject* finish(PyObject* self, PyObject* result) {
  settle(call_of(self), result);
  Py_RETURN_NONE;
}

bool is_cancellation(PyObject* error) {
  const PyRef module = PyRef::steal(PyImport_ImportModule("asyncio"));
  const PyRef type =
      PyRef::steal(module ? PyObject_GetAttrString(module.get(), "CancelledError") : nullptr);
  if (!type) PyErr_Clear();
  return type && PyObject_IsInstance(error, type.get()) == 1;
}

PyObject* fail(PyObject* self, PyObject* error) {
  CallObject& call = call_of(self);
  CallState& state = *call.state;
  if (is_cancellation(error) && (state.loop.is_cancelling() || is_cancelled(&state))) {
    // Nobody reads this, but a client that closed only its sending side, or waits for a server that
    // is stopping.
    refuse(call, 503, "The request was cancelled.");
    Py_RETURN_NONE;
  }
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error)), error);
  settle(call, nullptr);
  Py_RETURN_NONE;
}

void deallocate(PyObject* self) {
  CallObject& call = call_of(self);
  PyTypeObject* const type = Py_TYPE(self);
  if (call.state != nullptr) {
    refuse(call, 500, "The handler was given up.");
    delete call.state;
  }
  PyObject_Free(self);
  Py_DECREF(reinterpret_cast<PyObject*>(type));
}

PyMethodDef kMethods[] = {{"finish", finish, METH_O, nullptr},
                          {"fail", fail, METH_O, nullptr},
                          {nullptr, nullptr, 0, nullptr}};

PyType_Slot kSlots[] = {
    {Py_tp_dealloc, reinterpret_cast<void*>(&deallocate)}, {Py_tp_methods, kMethods}, {0, nullptr}};

PyType_Spec kSpec = {"plughost.Call", sizeof(CallObject), 0,
                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, kSlots};

/// Made once and kept: a destructor at exit would run after the interpreter is gone.
PyTypeObject* call_type() {
  static PyTypeObject* const type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&kSpec));
  return type;
}

}  // namespace

PyRef make_call(EventLoop& loop, const Job& job) {
  PyTypeObject* const type = call_type();
  CallObject* const call = type == nullptr ? nullptr : PyObject_New(CallObject, type);
  if (call == nullptr) return {};
  call->state = new CallState{loop, job, {}, {}};
  return PyRef::steal(reinterpret_cast<PyObject*>(call));
}

PyRef begin_handler(CallObject& call) {
  CallState& state = *call.state;
  Reply& reply = reply_of_this_thread();
  PyRef result =
      state.job.route->target->begin(*state.job.head, &is_cancelled, &state, state.held, reply);
  if (!result) send(state, reply);
  return result;
}

void settle(CallObject& call, PyObject* result) {
  CallState& state = *call.state;
  if (state.over) {
    PyErr_Clear();
    return;
  }
  Reply& reply = reply_of_this_thread();
  state.job.route->target->settle(result, *state.job.head, reply);
  send(state, reply);
}

void refuse(CallObject& call, unsigned status, std::string_view why) {
  CallState& state = *call.state;
  if (state.over) return;
  answer_problem(state.loop.host(), state.job.token, status, why, *state.job.head);
  end(state);
}

void cancel(CallObject& call) {
  if (!call.state->task) return;
  const PyRef task = call.state->task;
  const PyRef done = PyRef::steal(PyObject_CallMethod(task.get(), "cancel", nullptr));
  if (!done) PyErr_Clear();
}

}  // namespace plughost::python::loop
