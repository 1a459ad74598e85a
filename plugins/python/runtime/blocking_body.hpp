#pragma once

#include "core/py_ref.hpp"
#include "runtime/backend.hpp"

namespace plughost::python {

/// The plughost.BodyStream of a request whose handler runs in a thread.
///
/// Its next piece is waited for without the GIL. The host ends the wait at the latest when the
/// request's deadline or limits.body_timeout is over.
///
/// Threads: GIL held; the object on any thread, one at a time. Empty: a Python error is set.
PyRef make_blocking_body(const ph_host* host, const Job& job);

}  // namespace plughost::python
