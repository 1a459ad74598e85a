#include "net/io_context.hpp"

#include <random>

namespace plughost::net {

namespace {

constexpr std::uint64_t kEachByte = 0x0101010101010101;

/// Eight hexadecimal digits, a byte each, all at once.
std::uint64_t hex_digits(std::uint32_t number) {
  std::uint64_t nibbles = number;
  nibbles = (nibbles << 16 | nibbles) & 0x0000FFFF0000FFFF;
  nibbles = (nibbles << 8 | nibbles) & 0x00FF00FF00FF00FF;
  nibbles = (nibbles << 4 | nibbles) & kEachByte * 0x0F;
  const std::uint64_t letters = (nibbles + kEachByte * 6) >> 4 & kEachByte;
  return nibbles + kEachByte * '0' + letters * ('a' - '9' - 1);
}

}  // namespace

RequestIds::RequestIds() {
  std::random_device source;
  next_ = std::uint64_t{source()} << 32 | source();
}

void RequestIds::make(std::string& out) {
  // A Weyl sequence: odd increments never repeat within 2^64, and neighbours look unlike.
  next_ += 0x9E3779B97F4A7C15u;
  const std::uint64_t halves[] = {hex_digits(static_cast<std::uint32_t>(next_ >> 32)),
                                  hex_digits(static_cast<std::uint32_t>(next_))};
  out.assign(reinterpret_cast<const char*>(halves), sizeof halves);
}

}  // namespace plughost::net
