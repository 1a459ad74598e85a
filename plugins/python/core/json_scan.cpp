#include "core/json_scan.hpp"

#include "core/utf8.hpp"

namespace plughost::python {
namespace {

constexpr unsigned kNoCodePoint = 0xFFFFFFFF;

unsigned char byte_at(std::string_view text, std::size_t index) {
  return static_cast<unsigned char>(text[index]);
}

void append_utf8(std::string& out, unsigned code_point) {
  const auto add = [&out](unsigned byte) { out += static_cast<char>(byte); };
  const auto add_tail = [&](unsigned shift) { add(0x80 | ((code_point >> shift) & 0x3F)); };
  if (code_point < 0x80) {
    add(code_point);
  } else if (code_point < 0x800) {
    add(0xC0 | (code_point >> 6));
    add_tail(0);
  } else if (code_point < 0x10000) {
    add(0xE0 | (code_point >> 12));
    add_tail(6);
    add_tail(0);
  } else {
    add(0xF0 | (code_point >> 18));
    add_tail(12);
    add_tail(6);
    add_tail(0);
  }
}

/// The value of the four hexadecimal digits of `\uXXXX` at index; kNoCodePoint if it is not that.
unsigned escaped_unit(std::string_view text, std::size_t index) {
  if (text.substr(index, 2) != "\\u" || index + 6 > text.size()) return kNoCodePoint;
  unsigned unit = 0;
  for (const char digit : text.substr(index + 2, 4)) {
    unsigned value = 0;
    if (digit >= '0' && digit <= '9') {
      value = static_cast<unsigned>(digit - '0');
    } else if (digit >= 'a' && digit <= 'f') {
      value = static_cast<unsigned>(digit - 'a') + 10;
    } else if (digit >= 'A' && digit <= 'F') {
      value = static_cast<unsigned>(digit - 'A') + 10;
    } else {
      return kNoCodePoint;
    }
    unit = unit * 16 + value;
  }
  return unit;
}

/// Reads `\uXXXX`, or two that are a surrogate pair, at index.
const char* unescape_unicode(std::string_view text, std::size_t& index, std::string& out) {
  const unsigned unit = escaped_unit(text, index);
  if (unit == kNoCodePoint) return "an escape that JSON does not have";
  if (unit < 0xD800 || unit > 0xDFFF) {
    append_utf8(out, unit);
    index += 6;
    return nullptr;
  }
  const unsigned low = unit <= 0xDBFF ? escaped_unit(text, index + 6) : kNoCodePoint;
  if (low == kNoCodePoint || low < 0xDC00 || low > 0xDFFF) return "a surrogate without its pair";
  append_utf8(out, 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00));
  index += 12;
  return nullptr;
}

/// Reads the escape whose backslash is at index; index is then behind it. Not null: why it is none.
const char* unescape(std::string_view text, std::size_t& index, std::string& out) {
  constexpr std::string_view kMarks = "\"\\/bfnrt";
  constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
  const std::size_t mark =
      index + 1 < text.size() ? kMarks.find(text[index + 1]) : std::string_view::npos;
  if (mark == std::string_view::npos) return unescape_unicode(text, index, out);
  out += kMeanings[mark];
  index += 2;
  return nullptr;
}

}  // namespace

StringScan scan_string(std::string_view text, std::size_t quote) {
  StringScan scan;
  std::size_t index = quote + 1;
  std::size_t run = index;  // what is not yet in decoded
  const auto breaks = [&](const char* reason) {
    scan.end = index;
    scan.reason = reason;
    return std::move(scan);
  };
  while (index < text.size() && text[index] != '"') {
    if (text[index] == '\\') {
      scan.escaped = true;
      scan.decoded.append(text, run, index - run);
      if (const char* reason = unescape(text, index, scan.decoded)) return breaks(reason);
      run = index;
      continue;
    }
    if (byte_at(text, index) < 0x20) return breaks("a control character in a string");
    const Utf8Sequence sequence = first_utf8_sequence(text.substr(index));
    if (!sequence.whole) return breaks("a byte that is not UTF-8");
    index += sequence.size;
  }
  if (index == text.size()) return breaks("a string without its closing quote");
  if (scan.escaped) scan.decoded.append(text, run, index - run);
  scan.raw = text.substr(quote + 1, index - quote - 1);
  scan.end = index + 1;
  return scan;
}

}  // namespace plughost::python
