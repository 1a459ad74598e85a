// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <plughost/abi/abi.h>

#include <cstring>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

namespace plughost::sdk {

/// Why a plugin refuses something: thrown, or returned by a handler.
///
/// In the constructor, bind and start it stops the start or the reload, and key (a JSON pointer,
/// RFC 6901, into the configuration at fault) becomes file:line:column. From a handler that still
/// has its request it becomes the client's answer: http_status, or by status if that is 0
/// (abi/plugin.h lists them). A 4xx carries message to the client, a 5xx only to the log.
///
/// Limits: key is cut to 127 and message to 367 bytes.
class Error : public std::exception {
 public:
  Error(ph_status status, std::string message, unsigned http_status = 0, std::string key = {})
      : status_(status < 0 ? status : PH_E_INTERNAL),
        http_status_(http_status),
        message_(std::move(message)),
        key_(std::move(key)) {}

  /// The client is at fault; http_status is a 4xx.
  static Error client(unsigned http_status, std::string message) {
    return {PH_E_INVALID, std::move(message), http_status};
  }
  /// The configuration is at fault, at key.
  static Error config(std::string key, std::string message) {
    return {PH_E_CONFIG, std::move(message), 0, std::move(key)};
  }
  /// Not now: 503 with Retry-After.
  static Error busy(std::string message) { return {PH_E_BUSY, std::move(message)}; }

  ph_status status() const noexcept { return status_; }
  unsigned http_status() const noexcept { return http_status_; }
  const std::string& key() const noexcept { return key_; }
  const std::string& message() const noexcept { return message_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  ph_status status_;
  unsigned http_status_;
  std::string message_;
  std::string key_;
};

namespace detail {

/// Copies as much of text as fits, never half a UTF-8 sequence, and ends it with NUL.
inline void copy_cut(char* out, std::size_t capacity, std::string_view text) noexcept {
  std::size_t length = text.size();
  if (length >= capacity) {
    length = capacity - 1;
    while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) --length;
  }
  if (length > 0) std::memcpy(out, text.data(), length);
  out[length] = '\0';
}

/// Fills the caller's slot field by field: an older host's struct may be shorter than ours, and its
/// size is the host's own.
inline ph_status report(ph_error* out, ph_status status, std::string_view message,
                        unsigned http_status = 0, std::string_view key = {}) noexcept {
  if (out == nullptr) return status;
  if (PH_HAS(out, code)) out->code = status;
  if (PH_HAS(out, http_status)) out->http_status = http_status;
  if (PH_HAS(out, key)) copy_cut(out->key, sizeof out->key, key);
  if (PH_HAS(out, msg)) copy_cut(out->msg, sizeof out->msg, message);
  return status;
}

inline ph_status report(ph_error* out, const Error& error) noexcept {
  return report(out, error.status(), error.message(), error.http_status(), error.key());
}

}  // namespace detail
}  // namespace plughost::sdk
