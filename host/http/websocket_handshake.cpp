#include "http/websocket_handshake.hpp"

#include <algorithm>

#include "http/characters.hpp"
#include "http/sha1.hpp"

namespace plughost::http::websocket {
namespace {

constexpr std::size_t kKeyBytes = 16;
constexpr std::string_view kPrefix = "sec-websocket-";

std::vector<std::string_view> lines_of(const RequestMessage& message, std::string_view name) {
  std::vector<std::string_view> values;
  for (const HeaderField& field : message.headers) {
    if (field.name == name) values.push_back(field.value);
  }
  return values;
}

/// True if a list field has that element, in any case.
bool lists(const RequestMessage& message, std::string_view name, std::string_view element) {
  for (std::string_view list : lines_of(message, name)) {
    while (!list.empty()) {
      if (equals_ignoring_case(next_element(list), element)) return true;
    }
  }
  return false;
}

Refusal bad(std::string detail) { return {400, std::move(detail)}; }

std::optional<Refusal> judge_request_line(const RequestMessage& message) {
  if (message.method != "GET") return bad("A WebSocket handshake is a GET request.");
  if (message.chunked || message.content_length != 0) {
    return bad("A WebSocket handshake has no body.");
  }
  if (!lists(message, "connection", "upgrade")) {
    return bad(
        "A WebSocket handshake needs 'Connection: Upgrade'; a proxy in front may have dropped it.");
  }
  return std::nullopt;
}

std::optional<Refusal> judge_version(const RequestMessage& message) {
  const auto versions = lines_of(message, "sec-websocket-version");
  if (versions.size() > 1) return bad("There is more than one Sec-WebSocket-Version header field.");
  if (!versions.empty() && versions.front() == kVersion) return std::nullopt;
  return Refusal{426,
                 "Only version 13 of the WebSocket protocol is spoken here; "
                 "Sec-WebSocket-Version says " +
                     quoted(versions.empty() ? "" : versions.front()) + "."};
}

std::optional<Refusal> judge_key(const RequestMessage& message, Handshake& handshake) {
  const auto keys = lines_of(message, "sec-websocket-key");
  if (keys.size() != 1) return bad("A WebSocket handshake has one Sec-WebSocket-Key header field.");
  handshake.key = keys.front();
  if (is_base64_of(handshake.key, kKeyBytes)) return std::nullopt;
  return bad("The Sec-WebSocket-Key header field is not the base64 of 16 bytes: " +
             quoted(handshake.key) + ".");
}

std::optional<Refusal> judge_protocols(const RequestMessage& message, Handshake& handshake) {
  for (std::string_view list : lines_of(message, "sec-websocket-protocol")) {
    while (!list.empty()) {
      const std::string_view protocol = next_element(list);
      if (protocol.empty()) continue;
      if (!is_token(protocol)) {
        return bad("The Sec-WebSocket-Protocol header field names " + quoted(protocol) +
                   ", which is no token.");
      }
      if (handshake.offers(protocol)) {
        return bad("The Sec-WebSocket-Protocol header field names " + quoted(protocol) + " twice.");
      }
      handshake.protocols.push_back(protocol);
    }
  }
  return std::nullopt;
}

std::optional<Refusal> judge_extensions(const RequestMessage& message, Handshake& handshake) {
  const auto choice = choose_extensions(lines_of(message, "sec-websocket-extensions"));
  handshake.deflate = choice.deflate;
  if (choice.well_formed) return std::nullopt;
  return bad("The Sec-WebSocket-Extensions header field is no list of extensions.");
}

std::optional<Refusal> judge(const RequestMessage& message, Handshake& handshake) {
  if (auto refusal = judge_request_line(message)) return refusal;
  if (auto refusal = judge_version(message)) return refusal;
  if (auto refusal = judge_key(message, handshake)) return refusal;
  if (auto refusal = judge_protocols(message, handshake)) return refusal;
  return judge_extensions(message, handshake);
}

}  // namespace

bool Handshake::offers(std::string_view protocol) const {
  return std::find(protocols.begin(), protocols.end(), protocol) != protocols.end();
}

HandshakeVerdict judge_handshake(const RequestMessage& message) {
  HandshakeVerdict verdict;
  verdict.refusal = judge(message, verdict.handshake);
  return verdict;
}

std::string accept_value(std::string_view key) {
  constexpr std::string_view kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const auto digest = sha1(std::string(key).append(kGuid));
  return base64({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

bool is_handshake_field(std::string_view name) {
  return name.size() >= kPrefix.size() &&
         equals_ignoring_case(name.substr(0, kPrefix.size()), kPrefix);
}

void write_acceptance(std::string& out, const Handshake& handshake, std::string_view protocol,
                      const HeaderLines& headers) {
  out += "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
  out.append("Sec-WebSocket-Accept: ").append(accept_value(handshake.key)).append("\r\n");
  if (!protocol.empty()) {
    out.append("Sec-WebSocket-Protocol: ").append(protocol).append("\r\n");
  }
  if (handshake.deflate) {
    out.append("Sec-WebSocket-Extensions: ")
        .append(extension_answer(*handshake.deflate))
        .append("\r\n");
  }
  out.append(headers.lines()).append("\r\n");
}

}  // namespace plughost::http::websocket
