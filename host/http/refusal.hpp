#pragma once

#include <string>
#include <string_view>

namespace plughost::http {

/// Why a request is refused: the one answer it gets.
struct Refusal {
  unsigned status;
  std::string detail;  ///< one sentence for a person, names the offending part
};

/// The first characters of text in quotation marks, fit for a sentence whatever bytes it holds.
std::string quoted(std::string_view text);

}  // namespace plughost::http
