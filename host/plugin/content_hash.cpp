#include "plugin/content_hash.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace plughost::plugin {
namespace {

// Odd constants with well spread bits: 2^64 divided by the golden ratio, and by pi.
constexpr std::uint64_t kFirst = 0x9E3779B97F4A7C15;
constexpr std::uint64_t kSecond = 0x517CC1B727220A95;

/// Spreads every bit over the whole word (the finalizer of SplitMix64).
std::uint64_t avalanche(std::uint64_t word) {
  word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9;
  word = (word ^ (word >> 27)) * 0x94D049BB133111EB;
  return word ^ (word >> 31);
}

std::uint64_t word_at(std::string_view bytes, std::size_t offset) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes.data() + offset, std::min(sizeof word, bytes.size() - offset));
  return word;
}

void append_hex(std::string& out, std::uint64_t word) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[(word >> shift) & 15];
}

}  // namespace

std::string content_hash(std::string_view bytes) {
  std::array<std::uint64_t, 2> lanes{kFirst ^ bytes.size(), kSecond};
  for (std::size_t offset = 0; offset < bytes.size(); offset += sizeof(std::uint64_t)) {
    const auto word = word_at(bytes, offset);
    lanes[0] = std::rotl((lanes[0] ^ word) * kFirst, 29);
    lanes[1] = (lanes[1] + std::rotl(word, 17)) * kSecond;
    lanes[1] ^= lanes[1] >> 32;
  }
  std::string hex;
  append_hex(hex, avalanche(lanes[0] ^ avalanche(lanes[1])));
  append_hex(hex, avalanche(lanes[1] + kFirst));
  return hex;
}

}  // namespace plughost::plugin
