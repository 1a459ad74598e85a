#include "core/numbers.hpp"

#include <charconv>
#include <cmath>

namespace plughost::python {
namespace {

constexpr std::size_t kDigitsOfAnyInt64 = 18;

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

std::size_t skip_digits(std::string_view text, std::size_t index) {
  while (index < text.size() && is_digit(text[index])) ++index;
  return index;
}

bool is_any_of(std::string_view text, std::size_t index, std::string_view marks) {
  return index < text.size() && marks.find(text[index]) != std::string_view::npos;
}

}  // namespace

NumberScan scan_number(std::string_view text) {
  std::size_t end = is_any_of(text, 0, "-") ? 1 : 0;
  const std::size_t whole = end;
  end = is_any_of(text, whole, "0") ? whole + 1 : skip_digits(text, whole);
  if (end == whole) return {end, false, true};
  bool integer = true;
  if (is_any_of(text, end, ".")) {
    integer = false;
    const std::size_t fraction = end + 1;
    end = skip_digits(text, fraction);
    if (end == fraction) return {end, false, integer};
  }
  if (is_any_of(text, end, "eE")) {
    integer = false;
    const std::size_t exponent = end + (is_any_of(text, end + 1, "+-") ? 2 : 1);
    end = skip_digits(text, exponent);
    if (end == exponent) return {end, false, integer};
  }
  return {end, true, integer};
}

bool is_json_integer(std::string_view text) {
  const NumberScan scan = scan_number(text);
  return scan.valid && scan.integer && scan.end == text.size();
}

bool is_json_number(std::string_view text) {
  const NumberScan scan = scan_number(text);
  return scan.valid && scan.end == text.size();
}

PyRef parse_integer(std::string_view text, std::string& complaint) {
  if (text.size() <= kDigitsOfAnyInt64) {
    long long value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return PyRef::steal(PyLong_FromLongLong(value));
  }
  PyRef value = PyRef::steal(PyLong_FromString(std::string(text).c_str(), nullptr, 10));
  if (!value) {
    PyErr_Clear();
    const std::size_t digits = text.size() - (text.front() == '-' ? 1 : 0);
    complaint = "an integer of " + std::to_string(digits) + " digits is beyond the limit of " +
                std::to_string(integer_digits_limit()) + " digits";
  }
  return value;
}

PyRef parse_float(std::string_view text, std::string& complaint) {
  const double value = PyOS_string_to_double(std::string(text).c_str(), nullptr, nullptr);
  if (std::isfinite(value) && !PyErr_Occurred()) return PyRef::steal(PyFloat_FromDouble(value));
  PyErr_Clear();
  complaint = kFloatOutOfRange;
  return {};
}

long integer_digits_limit() {
  PyObject* getter = PySys_GetObject("get_int_max_str_digits");
  const PyRef limit = PyRef::steal(getter ? PyObject_CallNoArgs(getter) : nullptr);
  const long digits = limit ? PyLong_AsLong(limit.get()) : 0;
  PyErr_Clear();
  return digits < 0 ? 0 : digits;
}

}  // namespace plughost::python
