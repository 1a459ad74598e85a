#pragma once

#include "core/py_ref.hpp"

namespace plughost::python::loop {

/// An awaitable whose value is there already: awaiting it does not suspend the task.
///
/// Threads: GIL held. Empty: a Python error is set.
PyRef make_ready(PyRef value);
/// The one whose value is None.
PyRef ready_none();

}  // namespace plughost::python::loop
