#include "config/variables.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>

namespace plughost::config {
namespace {

using Text = Result<std::string>;

bool is_variable_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

/// inside: what stands between `${` and `}`.
Text value_of(std::string_view inside) {
  const std::size_t marker = inside.find(":-");
  const std::string name(inside.substr(0, marker));
  if (!is_variable_name(name)) {
    return Text::failure("'${" + std::string(inside) +
                         "}' names no variable; write ${NAME} or ${NAME:-default}, or $${ for a "
                         "literal ${");
  }
  const char* value = std::getenv(name.c_str());
  if (marker != std::string_view::npos) {
    const std::string_view fallback = inside.substr(marker + 2);
    if (fallback.find("${") != std::string_view::npos) {
      return Text::failure("the default of '" + name +
                           "' holds another variable; a default is plain text");
    }
    return std::string(value == nullptr || *value == '\0' ? fallback : value);
  }
  if (value == nullptr) {
    return Text::failure("the environment variable '" + name + "' is not set; set it or write ${" +
                         name + ":-default}");
  }
  return std::string(value);
}

}  // namespace

Result<std::string> substitute_variables(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t open = text.find("${");
    out += text.substr(0, open);
    if (open == std::string_view::npos) return out;
    text.remove_prefix(open + 2);
    if (open > 0 && out.back() == '$') {
      out += '{';
      continue;
    }
    const std::size_t close = text.find('}');
    if (close == std::string_view::npos) {
      return Text::failure("'${" + std::string(text) +
                           "' has no closing '}'; close it, or write $${ for a literal ${");
    }
    Text value = value_of(text.substr(0, close));
    if (!value) return value;
    out += value.value();
    text.remove_prefix(close + 1);
  }
}

}  // namespace plughost::config
