#pragma once

#include <string>

namespace plughost::python {

/// Why a value does not fit a type, in parts for one sentence: `<parameter><where>: <reason>`.
struct Mismatch {
  std::string where;   ///< inside the value: "[2]", ".key"; empty: the value itself
  std::string reason;  ///< `"x" is not an integer`
};

}  // namespace plughost::python
