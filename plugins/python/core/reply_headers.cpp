#include "core/reply_headers.hpp"

#include <algorithm>

#include "core/failure.hpp"
#include "core/json_encoder.hpp"
#include "core/json_text.hpp"

namespace plughost::python {
namespace {

constexpr std::string_view kTokenMarks = "!#$%&'*+-.^_`|~";

bool is_token(std::string_view text) {
  for (const char byte : text) {
    const bool alphanumeric = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                              (byte >= '0' && byte <= '9');
    if (!alphanumeric && kTokenMarks.find(byte) == std::string_view::npos) return false;
  }
  return !text.empty();
}

std::string repr_of(PyObject* object) {
  const PyRef text = PyRef::steal(PyObject_ASCII(object));
  if (!text) PyErr_Clear();
  return text ? abbreviated(utf8_of(text.get())) : "?";
}

bool append_header(PyObject* name, PyObject* value, Reply& reply, std::string& why) {
  if (!PyUnicode_Check(name) || !is_token(utf8_of(name))) {
    why = "a header name must be a str of letters, digits and hyphens, not " + repr_of(name);
    return false;
  }
  const std::string_view name_text = utf8_of(name);
  const auto refuse = [&](const char* what) {
    why = "header " + std::string(name_text) + ": the value must " + what + repr_of(value);
    return false;
  };
  if (!PyUnicode_Check(value)) return refuse("be a str, not ");
  if (PyUnicode_KIND(value) != PyUnicode_1BYTE_KIND) return refuse("be Latin-1 text, not ");
  const std::string_view text(reinterpret_cast<const char*>(PyUnicode_1BYTE_DATA(value)),
                              static_cast<std::size_t>(PyUnicode_GET_LENGTH(value)));
  if (text.find_first_of(std::string_view("\r\n\0", 3)) != text.npos) {
    return refuse("not hold CR, LF or NUL: ");
  }
  reply.headers.emplace_back(name_text, text);
  return true;
}

bool append_header_values(PyObject* name, PyObject* value, Reply& reply, std::string& why) {
  if (!PyList_Check(value) && !PyTuple_Check(value)) return append_header(name, value, reply, why);
  const PyRef values = PyRef::steal(PySequence_Tuple(value));
  for (Py_ssize_t index = 0; values && index < PyTuple_GET_SIZE(values.get()); ++index) {
    if (!append_header(name, PyTuple_GET_ITEM(values.get(), index), reply, why)) return false;
  }
  return true;
}

/// The pairs of a mapping or of a list, as a tuple of whatever was in it; empty for anything else.
PyRef pairs_of(PyObject* headers) {
  if (PyList_Check(headers) || PyTuple_Check(headers))
    return PyRef::steal(PySequence_Tuple(headers));
  const PyRef items = PyRef::steal(PyMapping_Check(headers) ? PyMapping_Items(headers) : nullptr);
  return PyRef::steal(items ? PySequence_Tuple(items.get()) : nullptr);
}

}  // namespace

bool read_status(PyObject* value, unsigned& status, std::string& why) {
  const bool integer = PyLong_Check(value) && !PyBool_Check(value);
  const long number = integer ? PyLong_AsLong(value) : 0;
  PyErr_Clear();
  if (number < 200 || number > 599) {
    why = "the status must be an int from 200 to 599, not " + repr_of(value);
    return false;
  }
  status = static_cast<unsigned>(number);
  return true;
}

bool read_headers(PyObject* headers, Reply& reply, std::string& why) {
  if (headers == Py_None) return true;
  const PyRef pairs = pairs_of(headers);
  if (!pairs) {
    PyErr_Clear();
    why = "headers must be a dict or a list of (name, value) pairs, not " + repr_of(headers);
    return false;
  }
  for (Py_ssize_t index = 0; index < PyTuple_GET_SIZE(pairs.get()); ++index) {
    PyObject* pair = PyTuple_GET_ITEM(pairs.get(), index);
    if (!PyTuple_Check(pair) || PyTuple_GET_SIZE(pair) != 2) {
      why = "headers must be (name, value) pairs, not " + repr_of(pair);
      return false;
    }
    if (!append_header_values(PyTuple_GET_ITEM(pair, 0), PyTuple_GET_ITEM(pair, 1), reply, why)) {
      return false;
    }
  }
  return true;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower_case) {
  return std::equal(
      text.begin(), text.end(), lower_case.begin(), lower_case.end(),
      [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + ('a' - 'A') : a) == b; });
}

bool is_of_the_connection(std::string_view name, std::string_view value) {
  if (equals_ignoring_case(name, "connection")) return !equals_ignoring_case(value, "close");
  return equals_ignoring_case(name, "keep-alive") ||
         equals_ignoring_case(name, "transfer-encoding");
}

bool is_content_type(std::string_view name) { return equals_ignoring_case(name, "content-type"); }

bool has_content_type(const Reply& reply) {
  for (const auto& header : reply.headers) {
    if (is_content_type(header.first)) return true;
  }
  return false;
}

void drop_content_type(Reply& reply) {
  std::vector<std::pair<std::string, std::string>> kept;
  for (auto& header : reply.headers) {
    if (!is_content_type(header.first)) kept.push_back(std::move(header));
  }
  reply.headers.swap(kept);
}

}  // namespace plughost::python
