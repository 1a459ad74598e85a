#include "core/json_encoder.hpp"

#include <charconv>
#include <cmath>

#include "core/failure.hpp"
#include "core/json_text.hpp"
#include "core/module_state.hpp"
#include "core/numbers.hpp"

namespace plughost::python {
namespace {

constexpr int kShownSteps = 8;  // at each end of a path
constexpr char kReferenceBack[] = "a reference back to what contains it";

/// One container on the way from the root to the value being written; lives on the stack.
struct Level {
  const Level* outer;
  PyObject* container;
  PyObject* key = nullptr;     ///< of a dict
  Py_ssize_t index = 0;        ///< of a list
  PyObject* origin = nullptr;  ///< what container stands for, if it was simplified
};

bool is_plain_key(std::string_view key) {
  for (const char byte : key) {
    const bool word = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                      (byte >= '0' && byte <= '9') || byte == '_';
    if (!word) return false;
  }
  return !key.empty();
}

std::string step_of(const Level& level) {
  if (level.key == nullptr) return "[" + std::to_string(level.index) + "]";
  const std::string_view key = PyUnicode_Check(level.key) ? utf8_of(level.key) : std::string_view();
  if (is_plain_key(key)) return "." + std::string(key);
  const PyRef shown = PyRef::steal(PyObject_ASCII(level.key));
  const std::string_view text = shown ? utf8_of(shown.get()) : std::string_view("?");
  PyErr_Clear();
  return "[" + abbreviated(text) + "]";
}

/// The way from the root; of a long one both ends.
std::string path_of(const Level* level) {
  int steps = 0;
  for (const Level* each = level; each != nullptr; each = each->outer) ++steps;
  std::string path;
  for (int left = steps; level != nullptr; level = level->outer, --left) {
    if (steps <= 2 * kShownSteps || left <= kShownSteps || left > steps - kShownSteps) {
      path.insert(0, step_of(*level));
    } else if (left == kShownSteps + 1) {
      path.insert(0, "…");
    }
  }
  return "$" + path;
}

class Encoder {
 public:
  Encoder(std::string& out, std::string& error) : out_(out), error_(error) {}

  bool value(PyObject* object, const Level* level) {
    if (PyUnicode_Check(object)) return string(object, level);
    if (PyDict_Check(object)) return dict(object, level);
    if (PyLong_Check(object))
      return PyBool_Check(object) ? boolean(object) : integer(object, level);
    if (PyFloat_Check(object)) return real(object, level);
    if (PyList_Check(object) || PyTuple_Check(object)) return sequence(object, level);
    if (object == Py_None) return append("null");
    return simpler(object, level);
  }

 private:
  static std::string type_name(PyObject* object) { return Py_TYPE(object)->tp_name; }

  bool append(std::string_view text) {
    out_ += text;
    return true;
  }

  bool refuse(const Level* level, const std::string& reason) {
    error_ = path_of(level) + ": " + reason;
    return false;
  }

  bool boolean(PyObject* object) { return append(object == Py_True ? "true" : "false"); }

  bool string(PyObject* object, const Level* level) {
    const std::string_view text = utf8_of(object);
    if (text.data() == nullptr) return refuse(level, "a string with a lone surrogate is not JSON");
    append_json_string(out_, text);
    return true;
  }

  bool integer(PyObject* object, const Level* level) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow != 0) return big_integer(object, level);
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof(digits), number).ptr;
    return append({digits, static_cast<std::size_t>(end - digits)});
  }

  bool big_integer(PyObject* object, const Level* level) {
    const PyRef digits = PyRef::steal(PyLong_Type.tp_repr(object));
    if (digits) return append(utf8_of(digits.get()));
    PyErr_Clear();
    return refuse(level, "an integer of more than " + std::to_string(integer_digits_limit()) +
                             " digits (sys.get_int_max_str_digits)");
  }

  bool real(PyObject* object, const Level* level) {
    const double number = PyFloat_AS_DOUBLE(object);
    if (std::isnan(number)) return refuse(level, "nan is not JSON");
    if (std::isinf(number)) return refuse(level, "an infinity is not JSON");
    char* text = PyOS_double_to_string(number, 'r', 0, Py_DTSF_ADD_DOT_0, nullptr);
    if (text == nullptr) return refuse(level, describe_error());
    out_ += text;
    PyMem_Free(text);
    return true;
  }

  bool simpler(PyObject* object, const Level* level) {
    if (is_inside(object, level)) return refuse(level, kReferenceBack);
    std::string why;
    const PyRef simple = simplified(object, why);
    if (simple) {
      origin_ = object;
      const bool written = value(simple.get(), level);
      origin_ = nullptr;
      return written;
    }
    if (why.empty()) why = "a value of type " + type_name(object) + " is not JSON";
    return refuse(level, why);
  }

  static bool is_inside(PyObject* object, const Level* level) {
    for (; level != nullptr; level = level->outer) {
      if (level->container == object || level->origin == object) return true;
    }
    return false;
  }

  bool enter(PyObject* container, const Level* level) {
    if (is_inside(container, level)) return refuse(level, kReferenceBack);
    if (++depth_ > kMaxJsonWriteDepth) {
      return refuse(level, "nested deeper than " + std::to_string(kMaxJsonWriteDepth) + " levels");
    }
    return true;
  }

  bool sequence(PyObject* object, const Level* outer) {
    if (!enter(object, outer)) return false;
    Level level{outer, object};
    level.origin = std::exchange(origin_, nullptr);
    out_ += '[';
    // The size is read again each time: items() of a dict subclass in it may change the list.
    for (; level.index < PySequence_Fast_GET_SIZE(object); ++level.index) {
      if (level.index > 0) out_ += ',';
      const PyRef item = PyRef::borrow(PySequence_Fast_GET_ITEM(object, level.index));
      if (!value(item.get(), &level)) return false;
    }
    --depth_;
    return append("]");
  }

  bool dict(PyObject* object, const Level* outer) {
    if (!enter(object, outer)) return false;
    Level level{outer, object};
    level.origin = std::exchange(origin_, nullptr);
    out_ += '{';
    if (!(PyDict_CheckExact(object) ? own_members(object, level) : listed_members(object, level))) {
      return false;
    }
    --depth_;
    return append("}");
  }

  bool own_members(PyObject* object, Level& level) {
    PyObject* key = nullptr;
    PyObject* item = nullptr;
    Py_ssize_t position = 0;
    while (PyDict_Next(object, &position, &key, &item)) {
      const PyRef held_key = PyRef::borrow(key);
      const PyRef held_item = PyRef::borrow(item);
      if (!member(key, item, level)) return false;
    }
    return true;
  }

  /// Rationale: json asks a subclass for its items() too, so that an OrderedDict keeps its order.
  bool listed_members(PyObject* object, Level& level) {
    const PyRef items = PyRef::steal(PyMapping_Items(object));
    if (!items) return refuse(level.outer, "items() failed: " + describe_error());
    for (Py_ssize_t index = 0; index < PyList_GET_SIZE(items.get()); ++index) {
      const PyRef pair = PyRef::borrow(PyList_GET_ITEM(items.get(), index));
      if (!PyTuple_Check(pair.get()) || PyTuple_GET_SIZE(pair.get()) != 2) {
        return refuse(level.outer, "items() must give pairs");
      }
      if (!member(PyTuple_GET_ITEM(pair.get(), 0), PyTuple_GET_ITEM(pair.get(), 1), level)) {
        return false;
      }
    }
    return true;
  }

  bool member(PyObject* key, PyObject* item, Level& level) {
    if (level.key != nullptr) out_ += ',';
    level.key = key;
    if (!member_name(key, level)) return false;
    out_ += ':';
    return value(item, &level);
  }

  static bool is_scalar(PyObject* key) {
    return PyUnicode_Check(key) || PyLong_Check(key) || PyFloat_Check(key) || key == Py_None;
  }

  bool member_name(PyObject* key, const Level& level) {
    if (PyUnicode_Check(key)) return string(key, &level);
    if (!is_scalar(key)) return simpler_name(key, level);
    out_ += '"';
    return value(key, &level) && append("\"");
  }

  bool simpler_name(PyObject* key, const Level& level) {
    std::string why;
    const PyRef simple = simplified(key, why);
    if (simple && is_scalar(simple.get())) return member_name(simple.get(), level);
    if (why.empty()) {
      why = "a key of type " + type_name(key) + " (keys are str, int, float, bool or None)";
    }
    return refuse(level.outer, why);
  }

  std::string& out_;
  std::string& error_;
  int depth_ = 0;
  PyObject* origin_ = nullptr;  ///< of the container that is entered next
};

}  // namespace

std::string_view utf8_of(PyObject* text) {
  if (PyUnicode_IS_COMPACT_ASCII(text)) {
    return {reinterpret_cast<const char*>(PyUnicode_1BYTE_DATA(text)),
            static_cast<std::size_t>(PyUnicode_GET_LENGTH(text))};
  }
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(text, &size);
  if (data == nullptr) PyErr_Clear();
  return {data, data == nullptr ? 0 : static_cast<std::size_t>(size)};
}

bool encode_json(PyObject* value, std::string& out, std::string& error) {
  return Encoder(out, error).value(value, nullptr);
}

PyRef simplified(PyObject* value, std::string& error) {
  PyRef simple = PyRef::steal(PyObject_CallOneArg(module_state().simplify.get(), value));
  if (simple.get() == Py_NotImplemented) return {};
  if (!simple) {
    error = std::string("a value of type ") + Py_TYPE(value)->tp_name + " cannot be read: ";
    error += describe_error();
  }
  return simple;
}

}  // namespace plughost::python
