#include "net/io_context.hpp"

#include <random>

namespace plughost::net {

RequestIds::RequestIds() {
  std::random_device source;
  next_ = std::uint64_t{source()} << 32 | source();
}

void RequestIds::make(std::string& out) {
  constexpr char kDigits[] = "0123456789abcdef";
  // A Weyl sequence: odd increments never repeat within 2^64, and neighbours look unlike.
  next_ += 0x9E3779B97F4A7C15u;
  out.resize(16);
  auto rest = next_;
  for (std::size_t i = out.size(); i-- > 0; rest >>= 4) out[i] = kDigits[rest & 15];
}

}  // namespace plughost::net
