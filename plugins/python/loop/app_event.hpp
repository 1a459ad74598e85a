#pragma once

#include <string>
#include <string_view>

#include "core/py_ref.hpp"
#include "core/reply.hpp"

namespace plughost::python::loop {

// Reading the messages that an ASGI application sends. Threads: GIL held.

/// The keys of its dict, made once and kept.
struct EventKeys {
  PyObject* type;
  PyObject* status;
  PyObject* headers;
  PyObject* body;
  PyObject* more_body;
};
const EventKeys& event_keys();

/// The type of a message, for as long as it lives. Null: a Python error is set.
const char* event_type(PyObject* event);
/// Sets the Python error of a message out of order; nullptr.
PyObject* refuse_event(const char* expected, std::string_view got);
/// Appends its `headers`, without those that are the host's business. False: a Python error is set.
bool append_headers(PyObject* event, Reply& head);
/// A text of it; unchanged if it is None or missing. False: a Python error is set.
bool read_text(PyObject* event, const char* key, std::string& text);

}  // namespace plughost::python::loop
