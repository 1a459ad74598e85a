#include "core/convert_custom.hpp"

#include "core/failure.hpp"
#include "core/json_encoder.hpp"
#include "core/module_state.hpp"

namespace plughost::python {
namespace {

std::string text_attribute(PyObject* object, const PyRef& name) {
  const PyRef text = PyRef::steal(PyObject_GetAttr(object, name.get()));
  if (!text || !PyUnicode_Check(text.get())) PyErr_Clear();
  return text ? std::string(utf8_of(text.get())) : std::string();
}

void take_mismatch(Mismatch& mismatch) {
  const PyRef error = take_error();
  mismatch.where = text_attribute(error.get(), module_state().where);
  mismatch.reason = text_attribute(error.get(), module_state().reason);
}

}  // namespace

PyRef ask_converter(const PyRef& method, PyObject* value, Mismatch& mismatch) {
  PyRef converted = PyRef::steal(PyObject_CallOneArg(method.get(), value));
  if (converted) return converted;
  if (PyErr_ExceptionMatches(module_state().mismatch_type.get()) != 0) {
    take_mismatch(mismatch);
  } else if (PyErr_ExceptionMatches(PyExc_RecursionError) != 0) {
    PyErr_Clear();
    mismatch.reason = "nested too deep";
  }
  return {};
}

}  // namespace plughost::python
