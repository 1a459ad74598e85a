#pragma once

#include <string>
#include <string_view>

#include "core/py_ref.hpp"

namespace plughost::python {

inline constexpr char kFloatOutOfRange[] = "the number is out of the range of a float";

/// How a number of JSON's grammar (RFC 8259 section 6) at the start of a text ends.
struct NumberScan {
  std::size_t end;  ///< of the number; if it is not valid, where a digit is missing
  bool valid;
  bool integer;  ///< neither fraction nor exponent
};
NumberScan scan_number(std::string_view text);

/// Whether text is a number of JSON's grammar.
bool is_json_integer(std::string_view text);
bool is_json_number(std::string_view text);

/// The Python number text stands for. text must be of the grammar above. Empty: complaint says why
/// (an integer of too many digits, a float out of range); no Python error is left set.
PyRef parse_integer(std::string_view text, std::string& complaint);
PyRef parse_float(std::string_view text, std::string& complaint);

/// sys.get_int_max_str_digits(); 0: unlimited.
long integer_digits_limit();

}  // namespace plughost::python
