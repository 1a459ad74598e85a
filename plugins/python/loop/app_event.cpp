#include "loop/app_event.hpp"

#include <string>
#include <utility>

#include "core/reply_headers.hpp"

namespace plughost::python::loop {
namespace {

bool append_header(PyObject* pair, Reply& head) {
  const PyRef parts = PyRef::steal(PySequence_Tuple(pair));
  if (!parts) return false;
  if (PyTuple_GET_SIZE(parts.get()) != 2 || !PyBytes_Check(PyTuple_GET_ITEM(parts.get(), 0)) ||
      !PyBytes_Check(PyTuple_GET_ITEM(parts.get(), 1))) {
    PyErr_SetString(PyExc_TypeError, "ASGI headers must be pairs of bytes");
    return false;
  }
  const auto text = [&](Py_ssize_t i) {
    PyObject* item = PyTuple_GET_ITEM(parts.get(), i);
    return std::string(PyBytes_AS_STRING(item), static_cast<std::size_t>(PyBytes_GET_SIZE(item)));
  };
  std::string name = text(0);
  std::string value = text(1);
  if (!is_of_the_connection(name, value)) {
    head.headers.emplace_back(std::move(name), std::move(value));
  }
  return true;
}

}  // namespace

const EventKeys& event_keys() {
  static const EventKeys keys = {
      PyUnicode_InternFromString("type"), PyUnicode_InternFromString("status"),
      PyUnicode_InternFromString("headers"), PyUnicode_InternFromString("body"),
      PyUnicode_InternFromString("more_body")};
  return keys;
}

const char* event_type(PyObject* event) {
  PyObject* type = PyDict_Check(event) ? PyDict_GetItem(event, event_keys().type) : nullptr;
  const char* text = type != nullptr && PyUnicode_Check(type) ? PyUnicode_AsUTF8(type) : nullptr;
  if (text == nullptr) {
    PyErr_SetString(PyExc_TypeError, "an ASGI message must be a dict with a 'type'");
  }
  return text;
}

PyObject* refuse_event(const char* expected, std::string_view got) {
  const std::string text(got);
  PyErr_Format(PyExc_RuntimeError, "expected the ASGI message %s, but got '%s'", expected,
               text.c_str());
  return nullptr;
}

bool append_headers(PyObject* event, Reply& head) {
  PyObject* headers = PyDict_GetItem(event, event_keys().headers);
  const PyRef pairs = PyRef::steal(headers == nullptr ? PyTuple_New(0) : PySequence_Tuple(headers));
  if (pairs) head.headers.reserve(static_cast<std::size_t>(PyTuple_GET_SIZE(pairs.get())));
  for (Py_ssize_t i = 0; pairs && i < PyTuple_GET_SIZE(pairs.get()); ++i) {
    if (!append_header(PyTuple_GET_ITEM(pairs.get(), i), head)) return false;
  }
  return static_cast<bool>(pairs);
}

bool read_text(PyObject* event, const char* key, std::string& text) {
  PyObject* value = PyDict_GetItemString(event, key);
  if (value == nullptr || value == Py_None) return true;
  Py_ssize_t size = 0;
  if (!PyUnicode_Check(value)) {
    PyErr_Format(PyExc_TypeError, "'%s' of an ASGI message must be str or None, not %s", key,
                 Py_TYPE(value)->tp_name);
    return false;
  }
  const char* bytes = PyUnicode_AsUTF8AndSize(value, &size);
  if (bytes != nullptr) text.assign(bytes, static_cast<std::size_t>(size));
  return bytes != nullptr;
}

}  // namespace plughost::python::loop
