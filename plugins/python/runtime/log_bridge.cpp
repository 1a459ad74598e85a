#include "runtime/log_bridge.hpp"

#include <cstdint>
#include <string>

#include "core/py_ref.hpp"
#include "core/target.hpp"

namespace plughost::python {
namespace {

constexpr char kHost[] = "plughost.host";

thread_local ph_req logged_request = 0;

/// Of tasks, which share a thread: a ContextVar that holds a token. Made once and kept.
PyObject* logged_task = nullptr;

ph_req token_of_task() {
  PyObject* value = nullptr;
  if (logged_task == nullptr || PyContextVar_Get(logged_task, nullptr, &value) != 0) {
    PyErr_Clear();
    return 0;
  }
  const PyRef token = PyRef::steal(value);
  return token ? PyLong_AsUnsignedLongLong(token.get()) : 0;
}

/// Python's numbers: logging.DEBUG is 10, INFO 20, WARNING 30, ERROR 40.
std::int32_t host_level(long level) {
  if (level < 20) return PH_LOG_DEBUG;
  if (level < 30) return PH_LOG_INFO;
  return level < 40 ? PH_LOG_WARN : PH_LOG_ERROR;
}

/// write(level: int, line: str) -> None
PyObject* write(PyObject* self, PyObject* arguments) {
  int level = 0;
  const char* text = nullptr;
  Py_ssize_t size = 0;
  if (PyArg_ParseTuple(arguments, "is#", &level, &text, &size) == 0) return nullptr;
  const auto* host = static_cast<const ph_host*>(PyCapsule_GetPointer(self, kHost));
  if (host == nullptr) return nullptr;
  const ph_req token = logged_request != 0 ? logged_request : token_of_task();
  // The arguments keep the text; a slow stderr must not hold up every other handler.
  PyThreadState* const state = PyEval_SaveThread();
  host->log(host, token, host_level(level), {text, static_cast<std::size_t>(size)});
  PyEval_RestoreThread(state);
  Py_RETURN_NONE;
}

long lowest_level(const ph_host& host) {
  for (const long level : {10, 20, 30}) {
    if (host.log_enabled(&host, host_level(level)) != 0) return level;
  }
  return 40;
}

}  // namespace

LoggedRequest::LoggedRequest(ph_req token) { logged_request = token; }

LoggedRequest::~LoggedRequest() { logged_request = 0; }

void log_tasks_for(ph_req token) {
  if (logged_task == nullptr) logged_task = PyContextVar_New("plughost_request", nullptr);
  const PyRef value = PyRef::steal(PyLong_FromUnsignedLongLong(token));
  const PyRef set = PyRef::steal(
      logged_task != nullptr && value ? PyContextVar_Set(logged_task, value.get()) : nullptr);
  if (!set) PyErr_Clear();
}

void send_logging_to(const ph_host* host) {
  static PyMethodDef definition{"write", write, METH_VARARGS, nullptr};
  const PyRef capsule = PyRef::steal(PyCapsule_New(const_cast<ph_host*>(host), kHost, nullptr));
  const PyRef function =
      PyRef::steal(capsule ? PyCFunction_New(&definition, capsule.get()) : nullptr);
  const PyRef module =
      PyRef::steal(function ? PyImport_ImportModule("plughost._logging") : nullptr);
  const PyRef done = PyRef::steal(module ? PyObject_CallMethod(module.get(), "install", "Ol",
                                                               function.get(), lowest_level(*host))
                                         : nullptr);
  if (done) return;
  PyErr_Print();
  throw BindError("", "Python's logging cannot be set up; the lines above say why");
}

}  // namespace plughost::python
