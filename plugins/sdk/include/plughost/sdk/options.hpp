// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <plughost/sdk/error.hpp>
#include <string>
#include <string_view>

namespace plughost::sdk {

namespace detail {

/// Reads the first key of a JSON object that the host wrote, so it is known to be well formed.
class FirstKey final {
 public:
  explicit FirstKey(std::string_view json) noexcept : rest_(json) {}

  /// nullopt: the object is empty.
  std::optional<std::string> read() {
    if (next_token() != '{') throw Error(PH_E_INVALID, "the options are not a JSON object");
    rest_.remove_prefix(1);
    if (next_token() == '}') return std::nullopt;
    if (next_token() != '"') throw Error(PH_E_INVALID, "the options are not a JSON object");
    rest_.remove_prefix(1);
    std::string key;
    while (!rest_.empty() && rest_.front() != '"') append_character(key);
    return key;
  }

 private:
  char next_token() noexcept {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
    return rest_.empty() ? '\0' : rest_.front();
  }

  char take() noexcept {
    if (rest_.empty()) return '\0';
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  void append_character(std::string& out) {
    const char c = take();
    if (c != '\\') {
      out += c;
      return;
    }
    const char escape = take();
    if (escape == 'u') {
      append_utf8(out, take_code_point());
      return;
    }
    constexpr std::string_view kEscapes = "bfnrt";
    const std::size_t at = kEscapes.find(escape);
    out += at == kEscapes.npos ? escape : "\b\f\n\r\t"[at];
  }

  std::uint32_t take_hex4() noexcept {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = take();
      const int digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
      value = value * 16 + static_cast<std::uint32_t>(digit & 0xF);
    }
    return value;
  }

  std::uint32_t take_code_point() noexcept {
    const std::uint32_t first = take_hex4();
    if (first < 0xD800 || first > 0xDBFF || rest_.substr(0, 2) != "\\u") return first;
    rest_.remove_prefix(2);
    return 0x10000 + ((first - 0xD800) << 10) + ((take_hex4() - 0xDC00) & 0x3FF);
  }

  static void append_utf8(std::string& out, std::uint32_t code_point) {
    const auto tail = [&](int shift) {
      out += static_cast<char>(0x80 | ((code_point >> shift) & 0x3F));
    };
    if (code_point < 0x80) {
      out += static_cast<char>(code_point);
    } else if (code_point < 0x800) {
      out += static_cast<char>(0xC0 | (code_point >> 6));
      tail(0);
    } else if (code_point < 0x10000) {
      out += static_cast<char>(0xE0 | (code_point >> 12));
      tail(6);
      tail(0);
    } else {
      out += static_cast<char>(0xF0 | (code_point >> 18));
      tail(12);
      tail(6);
      tail(0);
    }
  }

  std::string_view rest_;
};

}  // namespace detail

/// "/" and the key, as a JSON pointer spells it (RFC 6901): what Error::config takes.
inline std::string pointer_to(std::string_view key) {
  std::string pointer = "/";
  for (const char c : key) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  return pointer;
}

/// The part of routes.yaml that is the plugin's: its `config:`, or the options of one route.
///
/// Hands out the JSON text, always an object; parse it with the library of your choice and refuse
/// what you do not know with Error::config, so that a typo is found at start-up.
///
/// Owner: the host; the text is valid during the call that received it.
class Options final {
 public:
  explicit Options(std::string_view json) noexcept : json_(json) {}

  std::string_view json() const noexcept { return json_; }

  /// For those who take none: throws Error, naming the first key, unless the object is empty.
  void refuse_all() const {
    const auto key = detail::FirstKey(json_).read();
    if (!key) return;
    throw Error::config(pointer_to(*key), "unknown key '" + *key + "': no options are taken here");
  }

 private:
  std::string_view json_;
};

}  // namespace plughost::sdk
