#pragma once

#include <string>
#include <string_view>

#include "core/py_ref.hpp"

namespace plughost::python {

/// Twice what is read: a handler may wrap the deepest body it can be given.
inline constexpr int kMaxJsonWriteDepth = 1024;

/// Appends value as JSON: json.dumps(value, ensure_ascii=False, separators=(",", ":")), but refuses
/// NaN and infinities, lone surrogates, and nesting beyond kMaxJsonWriteDepth.
///
/// What json.dumps refuses, plughost._simplify puts into simpler words: enums, dataclasses, dates.
///
/// Threads: GIL held. Runs Python code only for that, and for dict subclasses (their items()).
/// Errors:  false, and error names the key path: `$.a[3].b: nan is not JSON`, a long one
///          without its middle. out then ends anywhere; no Python error is left set.
bool encode_json(PyObject* value, std::string& out, std::string& error);

/// What stands for a value that JSON has no words for, as plughost._simplify says. Empty: nothing
/// does, and error is empty, or error says what its class raised. No Python error is left set.
PyRef simplified(PyObject* value, std::string& error);

/// The UTF-8 of a str, borrowed from it; data() is null for a lone surrogate (no error left set).
std::string_view utf8_of(PyObject* text);

}  // namespace plughost::python
