#include "runtime/log_bridge.hpp"

#include <cstdint>
#include <string>

#include "core/py_ref.hpp"
#include "core/target.hpp"

namespace plughost::python {
namespace {

constexpr char kHost[] = "plughost.host";

thread_local ph_req logged_request = 0;

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
  // The arguments keep the text; a slow stderr must not hold up every other handler.
  Py_BEGIN_ALLOW_THREADS host->log(host, logged_request, host_level(level),
                                   {text, static_cast<std::size_t>(size)});
  Py_END_ALLOW_THREADS Py_RETURN_NONE;
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
