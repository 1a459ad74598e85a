#pragma once

#include "core/mismatch.hpp"
#include "core/py_ref.hpp"

namespace plughost::python {

/// Calls a method of a plughost._convert.Converter with value.
///
/// Threads: GIL held; runs Python code, also of users' classes.
/// Errors:  an empty result, and mismatch if the converter raised its Mismatch or went too deep;
///          anything else is left set.
PyRef ask_converter(const PyRef& method, PyObject* value, Mismatch& mismatch);

}  // namespace plughost::python
