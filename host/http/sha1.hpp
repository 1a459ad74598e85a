#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace plughost::http {

/// SHA-1 (RFC 3174), for the WebSocket handshake only: it proves that a server speaks the protocol
/// and protects nothing.
std::array<std::uint8_t, 20> sha1(std::string_view bytes);

/// Base64 with padding (RFC 4648 section 4).
std::string base64(std::string_view bytes);

/// True for the base64 of exactly size bytes, unused bits zero.
bool is_base64_of(std::string_view text, std::size_t size);

}  // namespace plughost::http
