#pragma once

#include <cstddef>
#include <string_view>

namespace plughost::python {

/// The bytes of one character, or what there is of it before something else comes.
struct Utf8Sequence {
  std::size_t size;
  bool whole;
};

/// The first of text, which is not empty. By table 3-7 of the Unicode Standard; the bounds of the
/// second byte exclude overlong forms, surrogates and what is beyond U+10FFFF.
inline Utf8Sequence first_utf8_sequence(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return {1, true};
  if (lead < 0xC2 || lead > 0xF4) return {1, false};
  const std::size_t wanted = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  std::size_t size = 1;
  while (size < wanted && size < text.size() && byte(size) >= low && byte(size) <= high) {
    ++size;
    low = 0x80;
    high = 0xBF;
  }
  return {size, size == wanted};
}

}  // namespace plughost::python
