#pragma once

#include <string>

#include "core/py_ref.hpp"
#include "core/reply.hpp"

namespace plughost::python {

/// Makes reply of what a handler returned: dict, list, int, float, bool and what JSON can be told
/// (dataclasses, enums, dates, named tuples) become JSON, str text, bytes an octet stream, None
/// 204; (body, status[, headers]) and Response say more.
///
/// A body that is an iterator (a generator, say) or an async iterable makes a stream: it is left in
/// stream, and reply has status and headers only. stream null: that is an error.
///
/// Threads: GIL held. Errors: false, and why says what cannot be sent, naming the key path; reply
/// is then half filled.
bool write_result(PyObject* result, Reply& reply, PyRef* stream, std::string& why);

/// Whether a body's pieces come by `async for`.
bool is_async_iterable(PyObject* body);

}  // namespace plughost::python
