#include "core/failure.hpp"

#include "core/json_encoder.hpp"
#include "core/json_text.hpp"
#include "core/module_state.hpp"
#include "core/problem.hpp"
#include "core/reply_headers.hpp"
#include "core/views.hpp"

namespace plughost::python {
namespace {

/// The text of a str as UTF-8, lone surrogates as backslash escapes.
std::string text_of(PyObject* text) {
  const PyRef bytes = PyRef::steal(
      text == nullptr ? nullptr : PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace"));
  if (!bytes) {
    PyErr_Clear();
    return {};
  }
  return {PyBytes_AS_STRING(bytes.get()), static_cast<std::size_t>(PyBytes_GET_SIZE(bytes.get()))};
}

std::string describe(PyObject* error) {
  if (error == nullptr) return "an unknown error";
  const std::string type = Py_TYPE(error)->tp_name;
  const PyRef message = PyRef::steal(PyObject_Str(error));
  if (!message) PyErr_Clear();
  std::string text = text_of(message.get());
  for (char& byte : text) {
    if (byte == '\n' || byte == '\r') byte = ' ';
  }
  return text.empty() ? type : type + ": " + text;
}

std::string traceback_of(PyObject* error) {
  const PyRef lines =
      PyRef::steal(PyObject_CallOneArg(module_state().format_exception.get(), error));
  const PyRef empty = PyRef::steal(PyUnicode_FromStringAndSize("", 0));
  const PyRef joined =
      PyRef::steal(lines && empty ? PyUnicode_Join(empty.get(), lines.get()) : nullptr);
  if (!joined) PyErr_Clear();
  const std::string text = text_of(joined.get());
  return text.empty() ? describe(error) : text;
}

std::string request_line(std::string_view spec, const ph_req_head& head) {
  std::string line = "python " + std::string(spec) + " failed on ";
  line += std::string(view(head.method)) + " " + printable_utf8(view(head.raw_path));
  return line;
}

/// Fills problem and reply.headers from an HTTPError; false: why says what is wrong with it.
bool read_http_error(PyObject* error, Problem& problem, Reply& reply, std::string& why) {
  const ModuleState& state = module_state();
  const PyRef status = PyRef::steal(PyObject_GetAttr(error, state.status.get()));
  const PyRef detail = PyRef::steal(PyObject_GetAttr(error, state.detail.get()));
  const PyRef headers = PyRef::steal(PyObject_GetAttr(error, state.headers.get()));
  if (!status || !detail || !headers) {
    why = "HTTPError: " + describe_error();
    return false;
  }
  if (!read_status(status.get(), problem.status, why)) return false;
  if (problem.status < 400) {
    why = "HTTPError: the status must be 400 to 599, not " + std::to_string(problem.status);
    return false;
  }
  if (detail.get() != Py_None) {
    const PyRef text = PyRef::steal(PyObject_Str(detail.get()));
    if (!text) PyErr_Clear();
    problem.detail = text_of(text.get());
  }
  return read_headers(headers.get(), reply, why);
}

}  // namespace

PyRef take_error() {
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  if (value != nullptr && traceback != nullptr) PyException_SetTraceback(value, traceback);
  Py_XDECREF(type);
  Py_XDECREF(traceback);
  return PyRef::steal(value);
}

std::string describe_error() { return describe(take_error().get()); }

void answer_exception(std::string_view spec, const ph_req_head& head, Reply& reply) {
  const PyRef error = take_error();
  reply.clear();
  if (error && PyObject_TypeCheck(error.get(), reinterpret_cast<PyTypeObject*>(
                                                   module_state().http_error_type.get()))) {
    Problem problem;
    std::string why;
    if (!read_http_error(error.get(), problem, reply, why)) {
      answer_bad_result(spec, head, why, reply);
      return;
    }
    drop_content_type(reply);
    write_problem(problem, head, reply);
    return;
  }
  write_problem({500, std::string(kHandlerFailed), {}, {}}, head, reply);
  reply.log =
      request_line(spec, head) + "\n" + (error ? traceback_of(error.get()) : "no error was set");
  while (!reply.log.empty() && reply.log.back() == '\n') reply.log.pop_back();
}

void answer_bad_result(std::string_view spec, const ph_req_head& head, const std::string& why,
                       Reply& reply) {
  reply.clear();
  write_problem({500, std::string(kHandlerFailed), {}, {}}, head, reply);
  reply.log = request_line(spec, head) + ": " + why;
}

}  // namespace plughost::python
