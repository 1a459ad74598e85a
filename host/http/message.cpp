#include "http/message.hpp"

#include <cstddef>

namespace plughost::http {
namespace {

constexpr std::size_t kKeptBytes = 16 * 1024;

void clear_and_keep_little(std::string& buffer) {
  if (buffer.capacity() > kKeptBytes) {
    std::string().swap(buffer);
  } else {
    buffer.clear();
  }
}

}  // namespace

std::string_view RequestMessage::header(std::string_view lower_case_name) const {
  for (const HeaderField& field : headers) {
    if (field.name == lower_case_name) return field.value;
  }
  return {};
}

void RequestMessage::clear() {
  method = target = raw_path = path = query = host = {};
  if (headers.capacity() * sizeof(HeaderField) > kKeptBytes) {
    std::vector<HeaderField>().swap(headers);
  } else {
    headers.clear();
  }
  clear_and_keep_little(body);
  content_length = kUnknownLength;
  minor_version = 1;
  keep_alive = true;
  chunked = false;
  expects_continue = false;
  clear_and_keep_little(bytes);
}

}  // namespace plughost::http
