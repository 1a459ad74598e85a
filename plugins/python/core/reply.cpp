#include "core/reply.hpp"

namespace plughost::python {
namespace {

constexpr std::size_t kKeptBodyBytes = 64 * 1024;
constexpr std::size_t kKeptBufferBytes = 1024 * 1024;

void clear_beyond(std::size_t kept, std::string& text) {
  text.clear();
  if (text.capacity() > kept) text.shrink_to_fit();
}

}  // namespace

void Reply::clear() {
  status = 200;
  headers.clear();
  clear_beyond(kKeptBodyBytes, log);
  clear_beyond(kKeptBodyBytes, body);
}

void clear_buffer(std::string& buffer) { clear_beyond(kKeptBufferBytes, buffer); }

}  // namespace plughost::python
