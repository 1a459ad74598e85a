#include "core/reply.hpp"

namespace plughost::python {
namespace {

constexpr std::size_t kKeptBodyBytes = 64 * 1024;

}  // namespace

void Reply::clear() {
  status = 200;
  headers.clear();
  log.clear();
  body.clear();
  if (body.capacity() > kKeptBodyBytes) body.shrink_to_fit();
}

}  // namespace plughost::python
