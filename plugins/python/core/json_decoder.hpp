#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/py_ref.hpp"

namespace plughost::python {

inline constexpr int kMaxJsonReadDepth = 512;

/// Why a JSON text did not become a Python object.
struct JsonError {
  enum class Kind {
    kMalformed,  ///< not JSON, or too deep: byte says where
    kNumber,     ///< a number beyond a limit: field and where say which
  };
  Kind kind = Kind::kMalformed;
  std::size_t byte = 0;  ///< from 0
  std::string field;     ///< the member of the outermost object; empty: it is not an object
  std::string where;     ///< inside that: `[3].b`
  std::string reason;
};

/// Reads one JSON text as json.loads does: the last of doubled names wins, integers are exact,
/// floats the nearest double.
///
/// Stricter than json.loads: no NaN or Infinity, no lone surrogates, no floats beyond the range of
/// a double, at most kMaxJsonReadDepth levels, and only UTF-8 without a byte order mark.
///
/// Rationale: not RapidJSON's reader, which refuses integers beyond 308 digits even where it hands
/// numbers over as text, takes a NUL byte for the end, and lets lone low surrogates through.
///
/// Threads: GIL held. Errors: an empty result and error; no Python error is left set.
PyRef decode_json(std::string_view text, JsonError& error);

}  // namespace plughost::python
