#include "core/convert_text.hpp"

#include "core/convert_custom.hpp"
#include "core/json_encoder.hpp"
#include "core/json_text.hpp"
#include "core/numbers.hpp"

namespace plughost::python {
namespace {

std::string quoted(std::string_view text) {
  std::string shown;
  append_json_string(shown, abbreviated(text));
  return shown;
}

PyRef refuse(std::string_view text, const Type& type, Mismatch& mismatch) {
  mismatch.reason = quoted(text) + " is not " + std::string(expectation(type));
  return {};
}

PyRef convert_number(std::string_view text, const Type& type, Mismatch& mismatch) {
  const bool integer = type.kind == Type::Kind::kInt;
  if (!(integer ? is_json_integer(text) : is_json_number(text)))
    return refuse(text, type, mismatch);
  std::string complaint;
  PyRef value = integer ? parse_integer(text, complaint) : parse_float(text, complaint);
  if (!value) mismatch.reason = quoted(text) + ": " + complaint;
  return value;
}

PyRef convert_bool(std::string_view text, const Type& type, Mismatch& mismatch) {
  if (text == "true" || text == "1") return PyRef::borrow(Py_True);
  if (text == "false" || text == "0") return PyRef::borrow(Py_False);
  return refuse(text, type, mismatch);
}

PyRef convert_str(std::string_view text, Mismatch& mismatch) {
  PyRef value = PyRef::steal(
      PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), nullptr));
  if (!value) {
    PyErr_Clear();
    mismatch.reason = quoted(text) + " is not UTF-8";
  }
  return value;
}

PyRef convert_one(std::string_view text, const Type& type, Mismatch& mismatch) {
  switch (type.kind) {
    case Type::Kind::kInt:
    case Type::Kind::kFloat:
      return convert_number(text, type, mismatch);
    case Type::Kind::kBool:
      return convert_bool(text, type, mismatch);
    case Type::Kind::kAny:
    case Type::Kind::kStr:
      return convert_str(text, mismatch);
    case Type::Kind::kBytes:
      return PyRef::steal(
          PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size())));
    case Type::Kind::kList:
    case Type::Kind::kDict:
    case Type::Kind::kCustom:
      break;
  }
  mismatch.reason = quoted(text) + " is text, and " + std::string(expectation(type)) +
                    " can come only in a JSON body";
  return {};
}

bool takes_commas(const Type& item) {
  return item.kind == Type::Kind::kInt || item.kind == Type::Kind::kFloat ||
         item.kind == Type::Kind::kBool;
}

std::vector<std::string_view> split_at_commas(const std::vector<std::string_view>& texts) {
  std::vector<std::string_view> parts;
  for (std::string_view text : texts) {
    for (std::size_t comma; (comma = text.find(',')) != std::string_view::npos;) {
      parts.push_back(text.substr(0, comma));
      text.remove_prefix(comma + 1);
    }
    parts.push_back(text);
  }
  return parts;
}

PyRef convert_list(const std::vector<std::string_view>& texts, const Type& type,
                   Mismatch& mismatch) {
  static const Type any;
  const Type& item = type.item ? *type.item : any;
  PyRef list = PyRef::steal(PyList_New(0));
  std::size_t index = 0;
  for (const std::string_view text : takes_commas(item) ? split_at_commas(texts) : texts) {
    const PyRef value = convert_one(text, item, mismatch);
    if (!value) {
      mismatch.where = "[" + std::to_string(index) + "]";
      return {};
    }
    if (!list || PyList_Append(list.get(), value.get()) != 0) {
      PyErr_Clear();
      mismatch.reason = "out of memory";
      return {};
    }
    ++index;
  }
  return list;
}

PyRef convert_custom(const std::vector<std::string_view>& texts, const Type& type,
                     Mismatch& mismatch) {
  const PyRef list = PyRef::steal(PyList_New(0));
  for (const std::string_view text : texts) {
    const PyRef decoded = convert_str(text, mismatch);
    if (!decoded) return {};
    if (!list || PyList_Append(list.get(), decoded.get()) != 0) return {};
  }
  return ask_converter(type.from_all, list.get(), mismatch);
}

/// For values of which the one at index is a file.
PyRef convert_files(PyObject* values, Py_ssize_t index, const Type& type, Mismatch& mismatch) {
  const bool list = type.kind == Type::Kind::kList;
  if (list && !type.item) return PyRef::borrow(values);
  if (type.kind == Type::Kind::kAny && PyList_GET_SIZE(values) == 1) {
    return PyRef::borrow(PyList_GET_ITEM(values, 0));
  }
  const PyRef name =
      PyRef::steal(PyObject_GetAttrString(PyList_GET_ITEM(values, index), "filename"));
  if (!name) return {};
  if (list) mismatch.where = "[" + std::to_string(index) + "]";
  mismatch.reason = "the file " + quoted(utf8_of(name.get())) + " is not " +
                    std::string(expectation(list ? *type.item : type));
  return {};
}

}  // namespace

PyRef convert_form_values(PyObject* values, const Type& type, Mismatch& mismatch) {
  if (type.kind == Type::Kind::kCustom) return ask_converter(type.from_all, values, mismatch);
  std::vector<std::string_view> texts;
  for (Py_ssize_t index = 0; index < PyList_GET_SIZE(values); ++index) {
    PyObject* value = PyList_GET_ITEM(values, index);
    if (!PyUnicode_Check(value)) return convert_files(values, index, type, mismatch);
    texts.push_back(utf8_of(value));
  }
  return convert_text(texts, type, mismatch);
}

PyRef convert_text(const std::vector<std::string_view>& texts, const Type& type,
                   Mismatch& mismatch) {
  if (type.kind == Type::Kind::kCustom) return convert_custom(texts, type, mismatch);
  if (type.kind == Type::Kind::kList) return convert_list(texts, type, mismatch);
  if (texts.size() == 1) return convert_one(texts.front(), type, mismatch);
  mismatch.reason = "given " + std::to_string(texts.size()) + " times, first as " +
                    quoted(texts.front()) + ", but is " + std::string(expectation(type));
  return {};
}

}  // namespace plughost::python
