#pragma once

#include <array>
#include <cstddef>
#include <string_view>

/// The character classes of RFC 9110 section 5.6, and ASCII case.
namespace plughost::http {

inline constexpr auto kTokenCharacters = [] {
  std::array<bool, 256> table{};
  for (unsigned char c = '0'; c <= '9'; ++c) table[c] = true;
  for (unsigned char c = 'a'; c <= 'z'; ++c) table[c] = true;
  for (unsigned char c = 'A'; c <= 'Z'; ++c) table[c] = true;
  for (const unsigned char c : std::string_view("!#$%&'*+-.^_`|~")) table[c] = true;
  return table;
}();

/// VCHAR, obs-text, SP and HTAB: what a field value is made of.
inline constexpr auto kFieldCharacters = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c) table[c] = (c >= 0x20 && c != 0x7F) || c == '\t';
  return table;
}();

constexpr bool is_token_character(char c) {
  return kTokenCharacters[static_cast<unsigned char>(c)];
}

/// Rationale: these two look at all of the text, since nearly all of it is good: no branches.
constexpr bool is_token(std::string_view text) {
  bool good = !text.empty();
  for (const char c : text) good &= is_token_character(c);
  return good;
}

constexpr bool is_field_text(std::string_view text) {
  bool good = true;
  for (const char c : text) good &= kFieldCharacters[static_cast<unsigned char>(c)];
  return good;
}

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_whitespace(char c) { return c == ' ' || c == '\t'; }

/// Rationale: no branch, so that a loop over a name becomes vector instructions.
constexpr char to_lower(char c) {
  const bool upper = static_cast<unsigned char>(c - 'A') < 26;
  return static_cast<char>(c | (upper ? 0x20 : 0));
}

/// The value of a hexadecimal digit; -1 for any other character.
constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

constexpr bool equals_ignoring_case(std::string_view text, std::string_view lower_case) {
  if (text.size() != lower_case.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (to_lower(text[i]) != lower_case[i]) return false;
  }
  return true;
}

constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && is_whitespace(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_whitespace(text.back())) text.remove_suffix(1);
  return text;
}

/// Cuts the first element off a comma-separated list (RFC 9110 section 5.6.1) and trims it.
constexpr std::string_view next_element(std::string_view& list) {
  const std::size_t comma = list.find(',');
  const std::string_view element = trim(list.substr(0, comma));
  list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
  return element;
}

}  // namespace plughost::http
