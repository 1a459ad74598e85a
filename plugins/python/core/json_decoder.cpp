#include "core/json_decoder.hpp"

#include "core/json_encoder.hpp"
#include "core/json_scan.hpp"
#include "core/json_text.hpp"
#include "core/numbers.hpp"

namespace plughost::python {
namespace {

/// An open array or object on the way from the root; lives on the stack.
struct Level {
  const Level* outer;
  PyObject* container;
  PyObject* name = nullptr;  ///< of the member being read, in an object
};

/// Reads one text. A member that returns an empty PyRef has filled error_.
class Decoder {
 public:
  Decoder(std::string_view text, JsonError& error) : text_(text), error_(error) {}

  PyRef document() {
    PyRef root = value(nullptr);
    if (!root) return {};
    skip_blanks();
    return at_ == text_.size() ? std::move(root) : refuse("the end was expected");
  }

 private:
  PyRef refuse(const char* reason) {
    error_.byte = at_;
    error_.reason = reason;
    return {};
  }

  PyRef out_of_memory() {
    PyErr_Clear();
    return refuse("out of memory");
  }

  /// Names a number that is beyond a limit by the way to it.
  PyRef refuse_number(const std::string& reason, const Level* level) {
    refuse(reason.c_str());
    error_.kind = JsonError::Kind::kNumber;
    for (; level != nullptr; level = level->outer) {
      if (level->name == nullptr) {
        error_.where.insert(0, "[" + std::to_string(PyList_GET_SIZE(level->container)) + "]");
      } else if (level->outer == nullptr) {
        error_.field = utf8_of(level->name);
      } else {
        error_.where.insert(0, "." + abbreviated(utf8_of(level->name)));
      }
    }
    return {};
  }

  void skip_blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) {
      ++at_;
    }
  }

  /// Skips blanks, and then mark if it is next.
  bool takes(char mark) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != mark) return false;
    ++at_;
    return true;
  }

  PyRef value(const Level* level) {
    skip_blanks();
    switch (at_ < text_.size() ? text_[at_] : '\0') {
      case '{':
        return object(level);
      case '[':
        return array(level);
      case '"':
        return string();
      case 't':
        return word("true", Py_True);
      case 'f':
        return word("false", Py_False);
      case 'n':
        return word("null", Py_None);
      case '-':
      case '0':
      case '1':
      case '2':
      case '3':
      case '4':
      case '5':
      case '6':
      case '7':
      case '8':
      case '9':
        return number(level);
      default:
        return refuse("a value was expected");
    }
  }

  PyRef word(std::string_view text, PyObject* meaning) {
    if (text_.substr(at_, text.size()) != text) return refuse("a value was expected");
    at_ += text.size();
    return PyRef::borrow(meaning);
  }

  PyRef number(const Level* level) {
    const NumberScan scan = scan_number(text_.substr(at_));
    const std::string_view digits = text_.substr(at_, scan.end);
    if (!scan.valid) {
      at_ += scan.end;
      return refuse("a digit was expected");
    }
    std::string complaint;
    PyRef number = scan.integer ? parse_integer(digits, complaint) : parse_float(digits, complaint);
    if (!number) return refuse_number(complaint, level);
    at_ += scan.end;
    return number;
  }

  PyRef string() {
    const StringScan scan = scan_string(text_, at_);
    at_ = scan.end;
    if (scan.reason != nullptr) return refuse(scan.reason);
    const std::string_view bytes = scan.escaped ? std::string_view(scan.decoded) : scan.raw;
    PyRef text = PyRef::steal(
        PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), nullptr));
    return text ? std::move(text) : out_of_memory();
  }

  bool enter() {
    if (++depth_ <= kMaxJsonReadDepth) return true;
    refuse("nested too deep");
    return false;
  }

  PyRef array(const Level* outer) {
    if (!enter()) return {};
    ++at_;
    PyRef list = PyRef::steal(PyList_New(0));
    if (!list) return out_of_memory();
    const Level level{outer, list.get()};
    if (!takes(']')) {
      do {
        const PyRef item = value(&level);
        if (!item) return {};
        if (PyList_Append(list.get(), item.get()) != 0) return out_of_memory();
      } while (takes(','));
      if (!takes(']')) return refuse("',' or ']' was expected");
    }
    --depth_;
    return list;
  }

  PyRef object(const Level* outer) {
    if (!enter()) return {};
    ++at_;
    PyRef dict = PyRef::steal(PyDict_New());
    if (!dict) return out_of_memory();
    if (!takes('}')) {
      do {
        if (!member(dict.get(), outer)) return {};
      } while (takes(','));
      if (!takes('}')) return refuse("',' or '}' was expected");
    }
    --depth_;
    return dict;
  }

  bool member(PyObject* dict, const Level* outer) {
    skip_blanks();
    const bool quoted = at_ < text_.size() && text_[at_] == '"';
    const PyRef name = quoted ? string() : refuse("a name in double quotes was expected");
    if (!name) return false;
    if (!takes(':')) return static_cast<bool>(refuse("':' was expected"));
    const Level level{outer, dict, name.get()};
    const PyRef item = value(&level);
    if (!item) return false;
    if (PyDict_SetItem(dict, name.get(), item.get()) == 0) return true;
    return static_cast<bool>(out_of_memory());
  }

  const std::string_view text_;
  JsonError& error_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

PyRef decode_json(std::string_view text, JsonError& error) {
  return Decoder(text, error).document();
}

}  // namespace plughost::python
