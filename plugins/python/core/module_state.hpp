#pragma once

#include <string>

#include "core/py_ref.hpp"

namespace plughost::python {

/// What every call needs from Python: the types of the package plughost, and interned names.
///
/// Owner:   this module; made by the first load_module_state, dropped by shutdown_core.
/// Threads: GIL held; constant once made.
struct ModuleState {
  PyRef load_target;        ///< plughost._bind.load_target
  PyRef load_app;           ///< plughost._bind.load_app
  PyRef bind_error_type;    ///< plughost._bind.BindError
  PyRef mismatch_type;      ///< plughost._convert.Mismatch
  PyRef request_from_host;  ///< plughost.request.request_from_host
  PyRef response_type;
  PyRef http_error_type;
  PyRef deadline_exceeded_type;
  PyRef body_stream_type;
  PyRef incomplete_body_type;
  PyRef simplify;          ///< plughost._simplify.simplify
  PyRef format_exception;  ///< traceback.format_exception

  /// Names of attributes.
  PyRef status, detail, headers, body, content_type, form, getlist, where, reason;
};

/// module.name. Empty: a Python error is set. GIL held.
PyRef import_attribute(const char* module, const char* name);

/// Imports the package. False: error says why in one line; no Python error is left set.
bool load_module_state(std::string& error);

/// Only after load_module_state returned true.
const ModuleState& module_state();

}  // namespace plughost::python
