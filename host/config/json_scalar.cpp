#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <locale>
#include <sstream>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "config/json_writer.hpp"

// The tag resolution of the YAML 1.2 core schema (section 10.3.2), with JSON's spelling.
namespace plughost::config {
namespace {

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string_view without_leading_zeros(std::string_view digits) {
  return digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1));
}

struct Signed {
  bool negative;
  std::string_view magnitude;
};

Signed split_sign(std::string_view text) {
  if (text.starts_with('-')) return {true, text.substr(1)};
  if (text.starts_with('+')) return {false, text.substr(1)};
  return {false, text};
}

enum class Outcome { no_number, written, impossible };  // impossible: not in JSON

/// `0x1F` and `0o17`, up to 64 bits.
Outcome append_based_integer(std::string_view text, std::string& out) {
  const bool hexadecimal = text.starts_with("0x");
  if (!hexadecimal && !text.starts_with("0o")) return Outcome::no_number;
  const std::string_view digits = text.substr(2);
  const char* allowed = hexadecimal ? "0123456789abcdefABCDEF" : "01234567";
  if (digits.empty() || digits.find_first_not_of(allowed) != std::string_view::npos) {
    return Outcome::no_number;
  }
  std::uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), number, hexadecimal ? 16 : 8);
  if (error != std::errc{} || end != digits.data() + digits.size()) return Outcome::impossible;
  out += std::to_string(number);
  return Outcome::written;
}

Outcome append_decimal_integer(std::string_view text, std::string& out) {
  const auto [negative, magnitude] = split_sign(text);
  if (!is_digits(magnitude)) return Outcome::no_number;
  const std::string_view digits = without_leading_zeros(magnitude);
  if (negative && digits != "0") out += '-';
  out += digits;
  return Outcome::written;
}

struct Float {
  std::string_view whole;
  std::string_view fraction;
  std::string_view exponent;  ///< with its sign, without the 'e'
};

/// Whether magnitude is `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
bool split_float(std::string_view magnitude, Float& parts) {
  const std::size_t e = magnitude.find_first_of("eE");
  if (e != std::string_view::npos) {
    parts.exponent = magnitude.substr(e + 1);
    if (!is_digits(split_sign(parts.exponent).magnitude)) return false;
    magnitude = magnitude.substr(0, e);
  }
  const std::size_t point = magnitude.find('.');
  parts.whole = magnitude.substr(0, point);
  if (point == std::string_view::npos) return is_digits(parts.whole);
  parts.fraction = magnitude.substr(point + 1);
  if (parts.whole.empty()) return is_digits(parts.fraction);
  return is_digits(parts.whole) && (parts.fraction.empty() || is_digits(parts.fraction));
}

/// Rationale: a stream with the classic locale, because from_chars does not tell too large from too
/// small, and strtod follows whatever locale a plugin has set.
bool fits_double(const std::string& number) {
  std::istringstream stream(number);
  stream.imbue(std::locale::classic());
  double value = 0;
  return static_cast<bool>(stream >> value);
}

Outcome append_float(std::string_view text, std::string& out) {
  const auto [negative, magnitude] = split_sign(text);
  if (is_one_of(magnitude, {".inf", ".Inf", ".INF"})) return Outcome::impossible;
  if (is_one_of(text, {".nan", ".NaN", ".NAN"})) return Outcome::impossible;
  Float parts;
  if (!split_float(magnitude, parts)) return Outcome::no_number;
  std::string number = negative ? "-" : "";
  number += parts.whole.empty() ? "0" : without_leading_zeros(parts.whole);
  number += '.';
  number += parts.fraction.empty() ? "0" : parts.fraction;
  if (!parts.exponent.empty()) number += 'e' + std::string(parts.exponent);
  if (!fits_double(number)) return Outcome::impossible;
  out += number;
  return Outcome::written;
}

}  // namespace

bool append_plain_scalar(const std::string& text, std::string& out) {
  if (is_one_of(text, {"", "~", "null", "Null", "NULL"})) {
    out += "null";
    return true;
  }
  if (is_one_of(text, {"true", "True", "TRUE"})) {
    out += "true";
    return true;
  }
  if (is_one_of(text, {"false", "False", "FALSE"})) {
    out += "false";
    return true;
  }
  for (const auto append : {append_decimal_integer, append_based_integer, append_float}) {
    const Outcome outcome = append(text, out);
    if (outcome != Outcome::no_number) return outcome == Outcome::written;
  }
  json::append_string(out, text);
  return true;
}

}  // namespace plughost::config
