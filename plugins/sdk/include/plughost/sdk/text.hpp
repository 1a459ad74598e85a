// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <plughost/abi/abi.h>

#include <string_view>

namespace plughost::sdk {

/// The bytes a view of the ABI borrows, for as long as their owner keeps them.
inline std::string_view text(ph_str borrowed) noexcept { return {borrowed.ptr, borrowed.len}; }

inline std::string_view text(ph_buf borrowed) noexcept {
  return {static_cast<const char*>(borrowed.ptr), borrowed.len};
}

inline ph_str to_abi(std::string_view view) noexcept { return {view.data(), view.size()}; }

/// Compares header names, which are ASCII and case-insensitive (RFC 9110 section 5.1).
inline bool same_field_name(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

}  // namespace plughost::sdk
