#pragma once

#include "core/py_ref.hpp"

namespace plughost::python::loop {

/// The coroutine of a request, or WebSocket connection, of an ASGI application: what its task runs.
///
/// It calls the application and passes on what its coroutine waits for, without a Python frame of
/// its own. How the application ends, by an exception too, becomes the end of the call: the
/// coroutine itself always returns None.
///
/// call:        an AppCall. application: a plughost._asgi.Application.
/// Owner:       its task. Threads: the loop's, GIL held. Empty: a Python error is set.
PyRef make_app_run(PyRef call, PyObject* application);

}  // namespace plughost::python::loop
