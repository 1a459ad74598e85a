#include "core/module_state.hpp"

#include "core/failure.hpp"
#include "core/target.hpp"

namespace plughost::python {
namespace {

// A plain pointer: a destructor at exit would run after the interpreter is gone.
ModuleState* g_state = nullptr;

PyRef name_of(const char* text) { return PyRef::steal(PyUnicode_InternFromString(text)); }

bool fill(ModuleState& state) {
  return (state.load_target = import_attribute("plughost._bind", "load_target")) &&
         (state.load_app = import_attribute("plughost._bind", "load_app")) &&
         (state.bind_error_type = import_attribute("plughost._bind", "BindError")) &&
         (state.mismatch_type = import_attribute("plughost._convert", "Mismatch")) &&
         (state.request_from_host = import_attribute("plughost.request", "request_from_host")) &&
         (state.response_type = import_attribute("plughost", "Response")) &&
         (state.http_error_type = import_attribute("plughost", "HTTPError")) &&
         (state.deadline_exceeded_type = import_attribute("plughost", "DeadlineExceeded")) &&
         (state.body_stream_type = import_attribute("plughost", "BodyStream")) &&
         (state.incomplete_body_type = import_attribute("plughost", "IncompleteBody")) &&
         (state.simplify = import_attribute("plughost._simplify", "simplify")) &&
         (state.format_exception = import_attribute("traceback", "format_exception")) &&
         (state.status = name_of("status")) && (state.detail = name_of("detail")) &&
         (state.headers = name_of("headers")) && (state.body = name_of("body")) &&
         (state.content_type = name_of("content_type")) && (state.form = name_of("form")) &&
         (state.getlist = name_of("getlist")) && (state.where = name_of("where")) &&
         (state.reason = name_of("reason"));
}

}  // namespace

PyRef import_attribute(const char* module, const char* name) {
  const PyRef imported = PyRef::steal(PyImport_ImportModule(module));
  return PyRef::steal(imported ? PyObject_GetAttrString(imported.get(), name) : nullptr);
}

bool load_module_state(std::string& error) {
  if (g_state != nullptr) return true;
  auto* state = new ModuleState;
  if (!fill(*state)) {
    error = "cannot import the package plughost: " + describe_error();
    delete state;
    return false;
  }
  // An import may have let another thread in.
  if (g_state == nullptr) {
    g_state = state;
  } else {
    delete state;
  }
  return true;
}

const ModuleState& module_state() { return *g_state; }

void shutdown_core() {
  delete g_state;
  g_state = nullptr;
}

}  // namespace plughost::python
