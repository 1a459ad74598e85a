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

void RequestMessage::copy_outline(const RequestMessage& from) {
  constexpr std::string_view kNames[] = {"origin", "x-request-id"};
  clear();
  bytes.append(from.method).append(from.raw_path);
  for (const std::string_view name : kNames) bytes.append(from.header(name));
  std::string_view rest = bytes;
  const auto take = [&rest](std::size_t size) {
    const std::string_view part = rest.substr(0, size);
    rest.remove_prefix(size);
    return part;
  };
  method = take(from.method.size());
  raw_path = take(from.raw_path.size());
  for (const std::string_view name : kNames) {
    const std::string_view value = take(from.header(name).size());
    if (!value.empty()) headers.push_back({name, value});
  }
  minor_version = from.minor_version;
  keep_alive = from.keep_alive;
}

}  // namespace plughost::http
