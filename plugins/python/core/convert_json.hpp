#pragma once

#include "core/mismatch.hpp"
#include "core/py_ref.hpp"
#include "core/signature.hpp"

namespace plughost::python {

/// value, which came from a JSON body, as type asks: it must have the type already, only an int
/// becomes a float and, for bytes, a string its UTF-8. null fits only Optional and no annotation.
///
/// value itself is not changed: a list or dict with converted items is a copy.
///
/// Threads: GIL held. Errors: an empty result and mismatch; a Python error is left set only by the
/// code of a custom type.
PyRef convert_json(PyObject* value, const Type& type, Mismatch& mismatch);

}  // namespace plughost::python
