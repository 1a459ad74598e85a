#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "http/refusal.hpp"
#include "http/response_writer.hpp"
#include "http/websocket_extension.hpp"

namespace plughost::http::websocket {

/// The one version there is (RFC 6455 section 4.1).
inline constexpr std::string_view kVersion = "13";

/// What a client asked for in a good opening handshake. The views are the message's.
struct Handshake {
  std::string_view key;
  std::vector<std::string_view> protocols;  ///< in the client's order of preference
  std::optional<DeflateTerms> deflate;

  bool offers(std::string_view protocol) const;
};

struct HandshakeVerdict {
  std::optional<Refusal> refusal;  ///< 400, or 426 for another version
  Handshake handshake;
};

/// Judges a request with asks_for_websocket (section 4.2.1).
HandshakeVerdict judge_handshake(const RequestMessage& message);

/// The value of Sec-WebSocket-Accept for a key (section 4.2.2).
std::string accept_value(std::string_view key);

/// True for a field of the answer that only the host may write.
bool is_handshake_field(std::string_view name);

/// Appends the whole 101 answer to out. protocol: the chosen one, empty for none.
void write_acceptance(std::string& out, const Handshake& handshake, std::string_view protocol,
                      const HeaderLines& headers);

}  // namespace plughost::http::websocket
