#pragma once

#include <cstddef>
#include <string_view>

namespace plughost::native {

/// A RapidJSON input stream that shows only the first digits of long numbers.
///
/// Rationale: the grammar of RFC 8259 sets no bound, but RapidJSON refuses what does not fit a
/// double, whatever it is asked to do with numbers. Leaving out digits changes no number's grammar,
/// and Tell() goes on counting the bytes of the text.
///
/// Limits: whoever reads through it must not look at the numbers.
class LongNumberStream final {
 public:
  using Ch = char;

  explicit LongNumberStream(std::string_view text) : text_(text) {}

  Ch Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  Ch Take() {
    if (at_ >= text_.size()) return '\0';
    const char c = text_[at_++];
    if (in_string_) {
      follow_string(c);
    } else {
      follow_value(c);
    }
    return c;
  }

  std::size_t Tell() const { return at_; }

  // The stream concept asks for these; only in-situ parsing calls them.
  Ch* PutBegin() { return nullptr; }
  void Put(Ch) {}
  void Flush() {}
  std::size_t PutEnd(Ch*) { return 0; }

 private:
  // Together below 1e308, the largest power of ten that RapidJSON takes.
  static constexpr unsigned kShownDigits = 16;
  static constexpr unsigned kShownExponentDigits = 2;

  static bool is_digit(char c) { return c >= '0' && c <= '9'; }

  void follow_string(char c) {
    if (escaped_) {
      escaped_ = false;
    } else if (c == '\\') {
      escaped_ = true;
    } else if (c == '"') {
      in_string_ = false;
    }
  }

  void follow_value(char c) {
    if (is_digit(c)) {
      ++digits_;
      const unsigned shown = in_exponent_ ? kShownExponentDigits : kShownDigits;
      while (digits_ >= shown && is_digit(Peek())) ++at_;
      return;
    }
    digits_ = 0;
    in_string_ = c == '"';
    in_exponent_ = c == 'e' || c == 'E' || (in_exponent_ && (c == '+' || c == '-'));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  unsigned digits_ = 0;
  bool in_exponent_ = false;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace plughost::native
