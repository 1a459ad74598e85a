#include "http/message.hpp"

#include <cstddef>

#include "http/characters.hpp"

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

bool RequestMessage::accepts_trailers() const {
  for (const HeaderField& field : headers) {
    if (field.name != "te") continue;
    for (std::string_view rest = field.value; !rest.empty();) {
      if (equals_ignoring_case(next_element(rest), "trailers")) return true;
    }
  }
  return false;
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
  asks_for_websocket = false;
  clear_and_keep_little(bytes);
}

}  // namespace plughost::http
