#include "loop/app_run.hpp"

#include <utility>

#include "core/failure.hpp"
#include "core/module_state.hpp"
#include "loop/call.hpp"
#include "loop/event_loop.hpp"

namespace plughost::python::loop {
namespace {

struct RunObject {
  PyObject_HEAD PyObject* call;  // null at the end, as is the next
  PyObject* application;
  PyObject* running;  // the application's coroutine, from its first step to its last
  bool begun;
  bool steps;  // it is in the middle of one
};

RunObject& run_of(PyObject* self) { return *reinterpret_cast<RunObject*>(self); }

CallObject& call_of(const RunObject& run) { return *reinterpret_cast<CallObject*>(run.call); }

/// While one lives the coroutine takes no other step: the application may have got hold of it.
class Step final {
 public:
  explicit Step(RunObject& run) : run_(run), is_first_(!std::exchange(run.steps, true)) {
    if (!is_first_) PyErr_SetString(PyExc_ValueError, "coroutine already executing");
  }
  ~Step() {
    if (is_first_) run_.steps = false;
  }
  Step(const Step&) = delete;
  Step& operator=(const Step&) = delete;

  /// False: a Python error is set.
  bool may_be_taken() const { return is_first_; }

 private:
  RunObject& run_;
  const bool is_first_;
};

/// A name of attributes, made once and kept.
PyObject* name_of(const char* text) { return PyUnicode_InternFromString(text); }

/// receive(): a coroutine, since applications make tasks of it.
PyObject* receive(PyObject* self, PyObject*) {
  PyObject* const function = reinterpret_cast<CallObject*>(self)->state->loop.receive_function();
  if (function != nullptr) return PyObject_CallOneArg(function, self);
  PyErr_SetString(PyExc_RuntimeError, "the event loop has ended");
  return nullptr;
}

PyMethodDef kReceive = {"receive", receive, METH_NOARGS, nullptr};

PyRef make_scope(CallState& state, PyObject* application) {
  static PyObject* const key = name_of("state");
  ScopeMaker& scopes = state.loop.scopes();
  PyRef scope =
      state.socket ? scopes.make_websocket(*state.job.head) : scopes.make(*state.job.head);
  const PyRef of_lifespan = PyRef::steal(scope ? PyObject_GetAttr(application, key) : nullptr);
  if (!of_lifespan) return {};
  if (of_lifespan.get() == Py_None) return scope;
  const PyRef copy = PyRef::steal(PyDict_Copy(of_lifespan.get()));
  return copy && PyDict_SetItem(scope.get(), key, copy.get()) == 0 ? scope : PyRef();
}

/// Calls the application. False: a Python error is set.
bool begin(RunObject& run) {
  static PyObject* const app_name = name_of("app");
  run.begun = true;
  CallState& state = *call_of(run).state;
  PyMethodDef* const send_method = state.socket ? &kSocketMethods[0] : &kAppMethods[0];
  const PyRef scope = make_scope(state, run.application);
  const PyRef receive = PyRef::steal(PyCFunction_New(&kReceive, run.call));
  const PyRef send = PyRef::steal(PyCFunction_New(send_method, run.call));
  const PyRef app = PyRef::steal(scope ? PyObject_GetAttr(run.application, app_name) : nullptr);
  if (!scope || !receive || !send || !app) return false;
  PyObject* const arguments[] = {scope.get(), receive.get(), send.get()};
  PyRef coroutine = PyRef::steal(PyObject_Vectorcall(app.get(), arguments, 3, nullptr));
  if (coroutine && !PyCoro_CheckExact(coroutine.get())) {
    coroutine = PyRef::steal(PyObject_CallOneArg(state.loop.wait_for_function(), coroutine.get()));
  }
  run.running = coroutine.release();
  return run.running != nullptr;
}

bool is_disconnect(PyObject* error) {
  const PyRef type = import_attribute("plughost._asgi", "ClientDisconnected");
  if (!type) PyErr_Clear();
  return type && PyObject_IsInstance(error, type.get()) == 1;
}

void returned(CallObject& call) {
  if (call.state->socket) return finish_socket(call);
  finish_app(call);
}

/// The application has returned, or a Python error is set: SystemExit, for one, would end the loop.
void finish(RunObject& run) {
  const PyRef held = PyRef::steal(std::exchange(run.call, nullptr));
  Py_CLEAR(run.running);
  Py_CLEAR(run.application);
  CallObject& call = python::loop::call_of(held);
  const PyRef error = take_error();
  if (!error || is_disconnect(error.get())) return returned(call);
  fail_with(call, error.get());
  leave_app(*call.state);
}

PySendResult resume(PyObject* self, PyObject* value, PyObject** result) {
  RunObject& run = run_of(self);
  *result = nullptr;
  const Step step(run);
  if (!step.may_be_taken()) return PYGEN_ERROR;
  if (run.call == nullptr) {
    PyErr_SetString(PyExc_RuntimeError, "cannot reuse already awaited coroutine");
    return PYGEN_ERROR;
  }
  if (run.begun || begin(run)) {
    const PyRef running = PyRef::borrow(run.running);
    if (PyIter_Send(running.get(), value, result) == PYGEN_NEXT) return PYGEN_NEXT;
    Py_CLEAR(*result);
  }
  finish(run);
  *result = PyRef::borrow(Py_None).release();
  return PYGEN_RETURN;
}

PyObject* end_iteration() {
  PyErr_SetNone(PyExc_StopIteration);
  return nullptr;
}

/// coroutine.send(value)
PyObject* send_method(PyObject* self, PyObject* value) {
  PyObject* result = nullptr;
  if (resume(self, value, &result) != PYGEN_RETURN) return result;
  Py_CLEAR(result);
  return end_iteration();
}

PyObject* next(PyObject* self) { return send_method(self, Py_None); }

/// coroutine.throw(type[, value[, traceback]])
PyObject* throw_method(PyObject* self, PyObject* arguments) {
  RunObject& run = run_of(self);
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* traceback = nullptr;
  if (!PyArg_UnpackTuple(arguments, "throw", 1, 3, &type, &value, &traceback)) return nullptr;
  const Step step(run);
  if (!step.may_be_taken()) return nullptr;
  if (run.running == nullptr) {
    if (PyExceptionInstance_Check(type)) {
      PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(type)), type);
    } else {
      PyErr_SetObject(type, value);
    }
    if (run.call == nullptr) return nullptr;
  } else {
    const PyRef method = PyRef::steal(PyObject_GetAttrString(run.running, "throw"));
    PyObject* const yielded = method ? PyObject_Call(method.get(), arguments, nullptr) : nullptr;
    if (yielded != nullptr) return yielded;
    if (PyErr_ExceptionMatches(PyExc_StopIteration) != 0) PyErr_Clear();
  }
  run.begun = true;
  finish(run);
  return end_iteration();
}

void drop(RunObject& run) {
  Py_CLEAR(run.running);
  Py_CLEAR(run.call);
  Py_CLEAR(run.application);
}

/// coroutine.close()
PyObject* close_method(PyObject* self, PyObject*) {
  RunObject& run = run_of(self);
  const Step step(run);
  if (!step.may_be_taken()) return nullptr;
  if (run.running != nullptr) {
    const PyRef done = PyRef::steal(PyObject_CallMethod(run.running, "close", nullptr));
    if (!done) return nullptr;
  }
  drop(run);
  Py_RETURN_NONE;
}

void deallocate(PyObject* self) {
  PyTypeObject* const type = Py_TYPE(self);
  drop(run_of(self));
  PyObject_Free(self);
  Py_DECREF(reinterpret_cast<PyObject*>(type));
}

PyObject* itself(PyObject* self) { return PyRef::borrow(self).release(); }

/// What asyncio says of a task comes from the application's own coroutine.
PyObject* attribute_of_running(PyObject* self, void* name) {
  PyObject* const running = run_of(self).running;
  if (running != nullptr) return PyObject_GetAttrString(running, static_cast<const char*>(name));
  PyErr_SetString(PyExc_AttributeError, static_cast<const char*>(name));
  return nullptr;
}

PyGetSetDef row(const char* name) {
  return {name, attribute_of_running, nullptr, nullptr, const_cast<char*>(name)};
}

PyMethodDef kMethods[] = {{"send", send_method, METH_O, nullptr},
                          {"throw", throw_method, METH_VARARGS, nullptr},
                          {"close", close_method, METH_NOARGS, nullptr},
                          {nullptr, nullptr, 0, nullptr}};

PyGetSetDef kAttributes[] = {row("__name__"),
                             row("__qualname__"),
                             row("cr_await"),
                             row("cr_code"),
                             row("cr_frame"),
                             row("cr_running"),
                             {nullptr, nullptr, nullptr, nullptr, nullptr}};

PyType_Slot kSlots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(&deallocate)},
                        {Py_am_await, reinterpret_cast<void*>(&itself)},
                        {Py_am_send, reinterpret_cast<void*>(&resume)},
                        {Py_tp_iter, reinterpret_cast<void*>(&itself)},
                        {Py_tp_iternext, reinterpret_cast<void*>(&next)},
                        {Py_tp_methods, kMethods},
                        {Py_tp_getset, kAttributes},
                        {0, nullptr}};

PyType_Spec kSpec = {"plughost.AppRun", sizeof(RunObject), 0,
                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, kSlots};

}  // namespace

PyRef make_app_run(PyRef call, PyObject* application) {
  static PyTypeObject* const type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&kSpec));
  RunObject* const run = type == nullptr ? nullptr : PyObject_New(RunObject, type);
  if (run == nullptr) return {};
  run->call = call.release();
  run->application = PyRef::borrow(application).release();
  run->running = nullptr;
  run->begun = run->steps = false;
  return PyRef::steal(reinterpret_cast<PyObject*>(run));
}

}  // namespace plughost::python::loop
