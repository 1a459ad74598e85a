#include "core/signature.hpp"

namespace plughost::python {
namespace {

template <typename Value>
struct Word {
  std::string_view text;
  Value value;
};

// The words plughost/_bind.py uses.
constexpr Word<Type::Kind> kKinds[] = {
    {"any", Type::Kind::kAny},   {"int", Type::Kind::kInt},   {"float", Type::Kind::kFloat},
    {"bool", Type::Kind::kBool}, {"str", Type::Kind::kStr},   {"bytes", Type::Kind::kBytes},
    {"list", Type::Kind::kList}, {"dict", Type::Kind::kDict}, {"custom", Type::Kind::kCustom},
};
constexpr Word<Parameter::Source> kSources[] = {
    {"path", Parameter::Source::kPath},        {"field", Parameter::Source::kField},
    {"request", Parameter::Source::kRequest},  {"body", Parameter::Source::kBody},
    {"raw_body", Parameter::Source::kRawBody}, {"stream", Parameter::Source::kStream},
};

template <typename Value, std::size_t n>
bool look_up(const Word<Value> (&words)[n], const char* text, Value& value) {
  for (const auto& word : words) {
    if (word.text == text) {
      value = word.value;
      return true;
    }
  }
  PyErr_Format(PyExc_SystemError, "plughost._bind said %s, which this plugin does not know", text);
  return false;
}

bool read_type(PyObject* description, Type& type) {
  const char* kind = nullptr;
  int optional = 0;
  PyObject* item = nullptr;
  if (!PyArg_ParseTuple(description, "spO", &kind, &optional, &item)) return false;
  if (!look_up(kKinds, kind, type.kind)) return false;
  type.optional = optional != 0;
  if (type.kind == Type::Kind::kCustom) {
    type.from_json = PyRef::steal(PyObject_GetAttrString(item, "from_json"));
    type.from_all = PyRef::steal(PyObject_GetAttrString(item, "from_all"));
    return type.from_json && type.from_all;
  }
  if (item == Py_None) return true;
  auto item_type = std::make_unique<Type>();
  if (!read_type(item, *item_type)) return false;
  type.item = std::move(item_type);
  return true;
}

bool read_parameter(PyObject* description, Parameter& parameter) {
  const char* name = nullptr;
  const char* source = nullptr;
  PyObject* type = nullptr;
  PyObject* fallback = nullptr;
  if (!PyArg_ParseTuple(description, "ssO|O", &name, &source, &type, &fallback)) return false;
  parameter.name = name;
  parameter.keyword = PyRef::steal(PyUnicode_InternFromString(name));
  if (!parameter.keyword) return false;
  parameter.fallback = PyRef::borrow(fallback);
  return look_up(kSources, source, parameter.source) && read_type(type, parameter.type);
}

}  // namespace

std::string_view expectation(const Type& type) {
  switch (type.kind) {
    case Type::Kind::kInt:
      return "an integer";
    case Type::Kind::kFloat:
      return "a number";
    case Type::Kind::kBool:
      return "true or false";
    case Type::Kind::kStr:
    case Type::Kind::kBytes:
      return "a string";
    case Type::Kind::kList:
      return "a list";
    case Type::Kind::kDict:
      return "an object";
    case Type::Kind::kAny:
    case Type::Kind::kCustom:
      break;
  }
  return "a value";
}

bool read_signature(PyObject* plan, Signature& signature) {
  const PyRef rows = PyRef::steal(PySequence_Tuple(plan));
  if (!rows) return false;
  const Py_ssize_t count = PyTuple_GET_SIZE(rows.get());
  signature.keywords = PyRef::steal(PyTuple_New(count));
  if (!signature.keywords) return false;
  for (Py_ssize_t index = 0; index < count; ++index) {
    Parameter parameter;
    if (!read_parameter(PyTuple_GET_ITEM(rows.get(), index), parameter)) return false;
    PyTuple_SET_ITEM(signature.keywords.get(), index, PyRef(parameter.keyword).release());
    if (parameter.source == Parameter::Source::kRequest) signature.takes_request = true;
    if (parameter.source == Parameter::Source::kStream) signature.takes_stream = true;
    signature.parameters.push_back(std::move(parameter));
  }
  return true;
}

}  // namespace plughost::python
