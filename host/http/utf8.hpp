#pragma once

#include <cstdint>
#include <string_view>

namespace plughost::http {

/// Judges UTF-8 (RFC 3629) that arrives in pieces, cut anywhere.
///
/// Refuses overlong forms, surrogates and what lies beyond U+10FFFF, each at its first bad byte.
class Utf8Validator final {
 public:
  /// False: no text starts like this; nothing may be written after that.
  bool write(std::string_view bytes);
  /// True if the text may end here.
  bool is_complete() const { return missing_ == 0; }
  void reset() { *this = {}; }

 private:
  bool start_sequence(std::uint8_t lead);

  unsigned missing_ = 0;       // continuation bytes
  std::uint8_t least_ = 0x80;  // of the next one
  std::uint8_t most_ = 0xBF;
};

inline bool is_utf8(std::string_view text) {
  Utf8Validator validator;
  return validator.write(text) && validator.is_complete();
}

}  // namespace plughost::http
