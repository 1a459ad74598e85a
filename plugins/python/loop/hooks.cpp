#include "loop/hooks.hpp"

#include <stdexcept>

#include "core/failure.hpp"
#include "core/json_encoder.hpp"
#include "core/target.hpp"
#include "loop/event_loop.hpp"

namespace plughost::python::loop {
namespace {

PyObject* loop_or_none(const EventLoop* loop) {
  return loop == nullptr || !loop->is_running() ? Py_None : loop->python_loop();
}

PyRef limit_or_none(Hooks::Limit limit) {
  if (limit.count() == 0) return PyRef::borrow(Py_None);
  return PyRef::steal(PyFloat_FromDouble(limit.count()));
}

std::string text_of(const PyRef& text) {
  const char* bytes = text ? PyUnicode_AsUTF8(text.get()) : nullptr;
  if (bytes == nullptr) PyErr_Clear();
  return bytes == nullptr ? "" : bytes;
}

}  // namespace

const PyRef& Hooks::object() {
  if (!object_) {
    const PyRef module = PyRef::steal(PyImport_ImportModule("plughost._hooks"));
    object_ = PyRef::steal(module ? PyObject_CallMethod(module.get(), "Hooks", nullptr) : nullptr);
    if (!object_) throw std::runtime_error(describe_error());
  }
  return object_;
}

void Hooks::add(const std::string& spec) {
  const PyRef done = PyRef::steal(PyObject_CallMethod(object().get(), "add", "s", spec.c_str()));
  if (!done) throw std::runtime_error(describe_error());
}

void Hooks::add_app(const std::string& spec, PyObject* application) {
  const PyRef done =
      PyRef::steal(PyObject_CallMethod(object().get(), "add_app", "sO", spec.c_str(), application));
  if (!done) throw std::runtime_error(describe_error());
}

bool Hooks::need_loop() const {
  if (!object_) return false;
  const PyRef needed = PyRef::steal(PyObject_CallMethod(object_.get(), "need_loop", nullptr));
  if (!needed) throw std::runtime_error(describe_error());
  return needed.get() == Py_True;
}

void Hooks::start(const EventLoop* loop, Limit limit) {
  if (!object_) return;
  const PyRef done = PyRef::steal(PyObject_CallMethod(
      object_.get(), "start", "OO", loop_or_none(loop), limit_or_none(limit).get()));
  if (done) {
    has_started_ = done.get() == Py_True;
    return;
  }
  has_started_ = true;  // of those before it
  const PyRef error = take_error();
  log(error.get());
  throw BindError("", text_of(PyRef::steal(PyObject_Str(error.get()))));
}

void Hooks::stop(const EventLoop* loop, Limit limit) {
  has_started_ = false;
  const PyRef failed = PyRef::steal(PyObject_CallMethod(
      object_.get(), "stop", "OO", loop_or_none(loop), limit_or_none(limit).get()));
  for (Py_ssize_t i = 0; failed && i < PyList_GET_SIZE(failed.get()); ++i) {
    log(PyList_GET_ITEM(failed.get(), i));
  }
  PyErr_Clear();
}

void Hooks::log(PyObject* error) const {
  const std::string line = text_of(PyRef::steal(PyObject_Str(error))) + "\n" +
                           text_of(PyRef::steal(PyObject_GetAttrString(error, "traceback")));
  host_->log(host_, 0, PH_LOG_ERROR, {line.data(), line.size()});
}

}  // namespace plughost::python::loop
