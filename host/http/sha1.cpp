#include "http/sha1.hpp"

#include <bit>
#include <cstddef>

namespace plughost::http {
namespace {

constexpr std::size_t kBlock = 64;
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

using State = std::array<std::uint32_t, 5>;

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

std::array<std::uint32_t, 80> schedule_of(std::string_view block) {
  std::array<std::uint32_t, 80> words;
  for (std::size_t i = 0; i < 16; ++i) {
    words[i] = std::uint32_t{byte_at(block, 4 * i)} << 24 |
               std::uint32_t{byte_at(block, 4 * i + 1)} << 16 |
               std::uint32_t{byte_at(block, 4 * i + 2)} << 8 | byte_at(block, 4 * i + 3);
  }
  for (std::size_t i = 16; i < words.size(); ++i) {
    words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  }
  return words;
}

/// The function and constant of round i (RFC 3174 section 5).
std::uint32_t round_value(std::size_t i, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  if (i < 20) return ((b & c) | (~b & d)) + 0x5A827999;
  if (i < 40) return (b ^ c ^ d) + 0x6ED9EBA1;
  if (i < 60) return ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC;
  return (b ^ c ^ d) + 0xCA62C1D6;
}

void mix(State& state, std::string_view block) {
  const auto words = schedule_of(block);
  auto [a, b, c, d, e] = state;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::uint32_t next = std::rotl(a, 5) + round_value(i, b, c, d) + e + words[i];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
}

/// What stands behind the whole blocks: the rest, a one bit, zeros and the length in bits.
std::string last_blocks(std::string_view rest, std::size_t size) {
  std::string padded(rest);
  padded += '\x80';
  while (padded.size() % kBlock != kBlock - 8) padded += '\0';
  const std::uint64_t bits = std::uint64_t{size} * 8;
  for (int shift = 56; shift >= 0; shift -= 8) padded += static_cast<char>(bits >> shift);
  return padded;
}

}  // namespace

std::array<std::uint8_t, 20> sha1(std::string_view bytes) {
  State state{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  const std::size_t whole = bytes.size() - bytes.size() % kBlock;
  for (std::size_t at = 0; at < whole; at += kBlock) mix(state, bytes.substr(at, kBlock));
  const std::string rest = last_blocks(bytes.substr(whole), bytes.size());
  for (std::size_t at = 0; at < rest.size(); at += kBlock) {
    mix(state, std::string_view(rest).substr(at, kBlock));
  }
  std::array<std::uint8_t, 20> digest;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  }
  return digest;
}

std::string base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t left = bytes.size() - at;
    std::uint32_t group = std::uint32_t{byte_at(bytes, at)} << 16;
    if (left > 1) group |= std::uint32_t{byte_at(bytes, at + 1)} << 8;
    if (left > 2) group |= byte_at(bytes, at + 2);
    out += kAlphabet[group >> 18];
    out += kAlphabet[group >> 12 & 63];
    out += left > 1 ? kAlphabet[group >> 6 & 63] : '=';
    out += left > 2 ? kAlphabet[group & 63] : '=';
  }
  return out;
}

bool is_base64_of(std::string_view text, std::size_t size) {
  if (text.size() != (size + 2) / 3 * 4) return false;
  const std::size_t padding = (3 - size % 3) % 3;
  const std::string_view digits = text.substr(0, text.size() - padding);
  if (digits.find_first_not_of(kAlphabet) != std::string_view::npos) return false;
  if (text.find_first_not_of('=', digits.size()) != std::string_view::npos) return false;
  const std::size_t unused = padding == 2 ? 15 : padding == 1 ? 3 : 0;
  return digits.empty() || (kAlphabet.find(digits.back()) & unused) == 0;
}

}  // namespace plughost::http
