#include "base/json.hpp"

#include <cstddef>

namespace plughost::json {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kHexDigits = "0123456789abcdef";

unsigned char byte_at(std::string_view text, std::size_t index) {
  return static_cast<unsigned char>(text[index]);
}

bool stands_for_itself(unsigned char byte) {
  return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

/// What the second byte of a UTF-8 sequence may be (Unicode, table 3-7).
///
/// Rationale: these bounds are what excludes overlong forms, surrogates and beyond U+10FFFF.
struct Sequence {
  std::size_t length;  ///< 0: no sequence starts with that byte
  unsigned char lowest_second;
  unsigned char highest_second;
};

Sequence sequence_of(unsigned char lead) {
  if (lead < 0x80) return {1, 0, 0};
  if (lead < 0xC2) return {0, 0, 0};
  if (lead < 0xE0) return {2, 0x80, 0xBF};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead < 0xF0) return {3, 0x80, 0xBF};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead < 0xF4) return {4, 0x80, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

/// How many bytes of the sequence at index are well-formed; sequence.length if all of it is.
std::size_t well_formed_prefix(std::string_view text, std::size_t index, const Sequence& sequence) {
  std::size_t good = 1;
  unsigned char lowest = sequence.lowest_second;
  unsigned char highest = sequence.highest_second;
  while (good < sequence.length && index + good < text.size()) {
    const unsigned char byte = byte_at(text, index + good);
    if (byte < lowest || byte > highest) break;
    lowest = 0x80;
    highest = 0xBF;
    ++good;
  }
  return good;
}

/// Copies one sequence, or one U+FFFD for the longest prefix that could have become one
/// (Unicode section 3.9, as every browser does). Returns the bytes taken.
std::size_t append_utf8(std::string& out, std::string_view text, std::size_t index) {
  const Sequence sequence = sequence_of(byte_at(text, index));
  if (sequence.length == 0) {
    out += kReplacement;
    return 1;
  }
  const std::size_t good = well_formed_prefix(text, index, sequence);
  out += good == sequence.length ? text.substr(index, good) : kReplacement;
  return good;
}

void append_escaped(std::string& out, unsigned char byte) {
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
      out += "\\u00";
      out += kHexDigits[byte >> 4];
      out += kHexDigits[byte & 0xF];
  }
}

}  // namespace

void append_string(std::string& out, std::string_view text) {
  out += '"';
  std::size_t index = 0;
  while (index < text.size()) {
    std::size_t end = index;
    while (end < text.size() && stands_for_itself(byte_at(text, end))) ++end;
    out += text.substr(index, end - index);
    index = end;
    if (index == text.size()) break;
    if (byte_at(text, index) >= 0x80) {
      index += append_utf8(out, text, index);
    } else {
      append_escaped(out, byte_at(text, index));
      ++index;
    }
  }
  out += '"';
}

}  // namespace plughost::json
