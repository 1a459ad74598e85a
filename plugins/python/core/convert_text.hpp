#pragma once

#include <string_view>
#include <vector>

#include "core/mismatch.hpp"
#include "core/py_ref.hpp"
#include "core/signature.hpp"

namespace plughost::python {

/// The Python value of decoded text from a path or a query, which has no types of its own.
///
/// Numbers are of JSON's grammar, bool is true false 1 0, str is UTF-8. A list takes every text,
/// and for int, float and bool items also commas; any other type takes exactly one text.
///
/// Threads: GIL held. Errors: an empty result and mismatch; a Python error is left set only by the
/// code of a custom type.
PyRef convert_text(const std::vector<std::string_view>& texts, const Type& type,
                   Mismatch& mismatch);

/// The same for the values of a form field: a list of str and, for files, UploadFile.
PyRef convert_form_values(PyObject* values, const Type& type, Mismatch& mismatch);

}  // namespace plughost::python
