#include "core/query_string.hpp"

namespace plughost::python {
namespace {

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

/// The byte `%xy` at index stands for; -1 if it is not one.
int encoded_byte(std::string_view text, std::size_t index) {
  if (text[index] != '%' || index + 2 >= text.size()) return -1;
  const int high = hex_value(text[index + 1]);
  const int low = hex_value(text[index + 2]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

}  // namespace

std::string decode_form_text(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t index = 0; index < text.size(); ++index) {
    const int byte = encoded_byte(text, index);
    if (byte >= 0) {
      decoded += static_cast<char>(byte);
      index += 2;
    } else {
      decoded += text[index] == '+' ? ' ' : text[index];
    }
  }
  return decoded;
}

QueryString::QueryString(std::string_view raw) {
  while (!raw.empty()) {
    const std::size_t end = raw.find('&');
    const std::string_view field = raw.substr(0, end);
    raw = end == std::string_view::npos ? std::string_view() : raw.substr(end + 1);
    if (field.empty()) continue;
    const std::size_t equals = field.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1);
    fields_.push_back({decode_form_text(field.substr(0, equals)), decode_form_text(value)});
  }
}

std::vector<std::string_view> QueryString::values(std::string_view name) const {
  std::vector<std::string_view> found;
  for (const Field& field : fields_) {
    if (field.name == name) found.push_back(field.value);
  }
  return found;
}

}  // namespace plughost::python
