#include "core/convert_json.hpp"

#include "core/convert_custom.hpp"
#include "core/json_encoder.hpp"
#include "core/json_text.hpp"

namespace plughost::python {
namespace {

std::string shown(PyObject* value) {
  std::string text;
  std::string error;
  if (!encode_json(value, text, error)) return "a value";
  return abbreviated(text);
}

PyRef refuse(PyObject* value, const Type& type, Mismatch& mismatch) {
  mismatch.reason = shown(value) + " is not " + std::string(expectation(type));
  return {};
}

PyRef convert_float(PyObject* value, const Type& type, Mismatch& mismatch) {
  if (PyFloat_Check(value)) return PyRef::borrow(value);
  if (!PyLong_CheckExact(value)) return refuse(value, type, mismatch);
  const double number = PyLong_AsDouble(value);
  if (number == -1.0 && PyErr_Occurred()) {
    PyErr_Clear();
    mismatch.reason = shown(value) + " is out of the range of a float";
    return {};
  }
  return PyRef::steal(PyFloat_FromDouble(number));
}

PyRef out_of_memory(Mismatch& mismatch) {
  PyErr_Clear();
  mismatch.reason = "out of memory";
  return {};
}

PyRef convert_list(PyObject* value, const Type& item, Mismatch& mismatch) {
  PyRef list = PyRef::borrow(value);
  for (Py_ssize_t index = 0; index < PyList_GET_SIZE(value); ++index) {
    PyObject* old = PyList_GET_ITEM(value, index);
    PyRef converted = convert_json(old, item, mismatch);
    if (!converted) {
      mismatch.where.insert(0, "[" + std::to_string(index) + "]");
      return {};
    }
    if (converted.get() == old) continue;
    if (list.get() == value) list = PyRef::steal(PyList_GetSlice(value, 0, PyList_GET_SIZE(value)));
    if (!list || PyList_SetItem(list.get(), index, converted.release()) != 0) {
      return out_of_memory(mismatch);
    }
  }
  return list;
}

PyRef convert_dict(PyObject* value, const Type& item, Mismatch& mismatch) {
  PyRef dict = PyRef::borrow(value);
  PyObject* key = nullptr;
  PyObject* old = nullptr;
  Py_ssize_t position = 0;
  while (PyDict_Next(value, &position, &key, &old)) {
    const PyRef converted = convert_json(old, item, mismatch);
    if (!converted) {
      mismatch.where.insert(0, "." + abbreviated(utf8_of(key)));
      return {};
    }
    if (converted.get() == old) continue;
    if (dict.get() == value) dict = PyRef::steal(PyDict_Copy(value));
    if (!dict || PyDict_SetItem(dict.get(), key, converted.get()) != 0) {
      return out_of_memory(mismatch);
    }
  }
  return dict;
}

PyRef bytes_of(PyObject* text, Mismatch& mismatch) {
  PyRef bytes = PyRef::steal(PyUnicode_AsUTF8String(text));
  return bytes ? std::move(bytes) : out_of_memory(mismatch);
}

bool has_type(PyObject* value, Type::Kind kind) {
  switch (kind) {
    case Type::Kind::kInt:
      return PyLong_CheckExact(value);
    case Type::Kind::kBool:
      return PyBool_Check(value);
    case Type::Kind::kStr:
    case Type::Kind::kBytes:
      return PyUnicode_Check(value);
    case Type::Kind::kList:
      return PyList_Check(value);
    case Type::Kind::kDict:
      return PyDict_Check(value);
    case Type::Kind::kFloat:
      return PyFloat_Check(value);
    case Type::Kind::kAny:
    case Type::Kind::kCustom:
      break;
  }
  return true;
}

}  // namespace

PyRef convert_json(PyObject* value, const Type& type, Mismatch& mismatch) {
  if (type.kind == Type::Kind::kAny) return PyRef::borrow(value);
  if (type.kind == Type::Kind::kCustom) return ask_converter(type.from_json, value, mismatch);
  if (value == Py_None && type.optional) return PyRef::borrow(value);
  if (type.kind == Type::Kind::kFloat) return convert_float(value, type, mismatch);
  if (!has_type(value, type.kind)) return refuse(value, type, mismatch);
  if (type.kind == Type::Kind::kBytes) return bytes_of(value, mismatch);
  if (type.kind == Type::Kind::kList && type.item) return convert_list(value, *type.item, mismatch);
  if (type.kind == Type::Kind::kDict && type.item) return convert_dict(value, *type.item, mismatch);
  return PyRef::borrow(value);
}

}  // namespace plughost::python
