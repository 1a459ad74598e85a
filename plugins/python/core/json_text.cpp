#include "core/json_text.hpp"

#include <array>
#include <cstdint>
#include <cstring>

#include "core/utf8.hpp"

namespace plughost::python {
namespace {

constexpr std::size_t kShownCharacters = 64;
constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighBits = 0x8080808080808080;

bool has_zero_byte(std::uint64_t word) { return ((word - kOnes) & ~word & kHighBits) != 0; }

/// Whether a byte below 0x20, a quote or a backslash is among the eight.
bool needs_escape(std::uint64_t word) {
  const bool control = ((word - kOnes * 0x20) & ~word & kHighBits) != 0;
  return control || has_zero_byte(word ^ (kOnes * '"')) || has_zero_byte(word ^ (kOnes * '\\'));
}

bool needs_escape(char byte) {
  return static_cast<unsigned char>(byte) < 0x20 || byte == '"' || byte == '\\';
}

std::size_t plain_prefix(std::string_view text) {
  std::size_t index = 0;
  for (; index + sizeof(std::uint64_t) <= text.size(); index += sizeof(std::uint64_t)) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + index, sizeof(word));
    if (needs_escape(word)) break;
  }
  while (index < text.size() && !needs_escape(text[index])) ++index;
  return index;
}

void append_escaped(std::string& out, char byte) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  switch (byte) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  out += "\\u00";
  out += kHexDigits[static_cast<unsigned char>(byte) >> 4];
  out += kHexDigits[static_cast<unsigned char>(byte) & 0xF];
}

bool starts_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  while (true) {
    const std::size_t plain = plain_prefix(text);
    out.append(text.data(), plain);
    if (plain == text.size()) break;
    append_escaped(out, text[plain]);
    text.remove_prefix(plain + 1);
  }
  out += '"';
}

std::string printable_utf8(std::string_view text) {
  std::string printable;
  printable.reserve(text.size());
  while (!text.empty()) {
    const Utf8Sequence sequence = first_utf8_sequence(text);
    printable += sequence.whole ? text.substr(0, sequence.size) : "\uFFFD";
    text.remove_prefix(sequence.size);
  }
  return printable;
}

std::string abbreviated(std::string_view text) {
  std::string shown = printable_utf8(text.substr(0, 4 * kShownCharacters + 4));
  std::size_t characters = 0;
  for (std::size_t index = 0; index < shown.size(); ++index) {
    if (starts_character(shown[index]) && ++characters > kShownCharacters) {
      return shown.substr(0, index) + "…";
    }
  }
  return shown;
}

}  // namespace plughost::python
