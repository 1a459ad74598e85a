#include "core/form_body.hpp"

#include <string_view>

#include "core/reply_headers.hpp"
#include "core/views.hpp"

namespace plughost::python {
namespace {

char lower(char byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte;
}

/// Whether a Content-Type is of the media type, which is written in lower case.
bool is_of(std::string_view value, std::string_view media_type) {
  if (value.size() < media_type.size()) return false;
  for (std::size_t index = 0; index < media_type.size(); ++index) {
    if (lower(value[index]) != media_type[index]) return false;
  }
  const std::string_view rest = value.substr(media_type.size());
  const std::size_t mark = rest.find_first_not_of(" \t");
  return mark == std::string_view::npos || rest[mark] == ';';
}

}  // namespace

bool has_form_body(const ph_req_head& head) {
  for (std::size_t index = 0; index < head.n_headers; ++index) {
    if (!is_content_type(view(head.headers[index].name))) continue;
    const std::string_view value = view(head.headers[index].value);
    return is_of(value, "application/x-www-form-urlencoded") || is_of(value, "multipart/form-data");
  }
  return false;
}

}  // namespace plughost::python
