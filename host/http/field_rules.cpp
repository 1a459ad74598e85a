#include "http/field_rules.hpp"

#include <charconv>

#include "http/authority.hpp"
#include "http/characters.hpp"

namespace plughost::http {
namespace {

/// One field that may be there once: how often it is, and its first value.
struct Single {
  unsigned lines = 0;
  std::string_view value;

  void note(std::string_view line_value) {
    if (lines++ == 0) value = line_value;
  }
};

struct Fields {
  Single host;
  Single content_length;
  Single transfer_encoding;
  bool close = false;
  bool keep_alive = false;
  bool expects_continue = false;
  bool upgrade_to_websocket = false;
  std::string_view unknown_expectation;
};

void note_connection(Fields& fields, std::string_view list) {
  while (!list.empty()) {
    const std::string_view option = next_element(list);
    if (equals_ignoring_case(option, "close")) fields.close = true;
    if (equals_ignoring_case(option, "keep-alive")) fields.keep_alive = true;
  }
}

void note_expect(Fields& fields, std::string_view list) {
  while (!list.empty()) {
    const std::string_view expectation = next_element(list);
    if (equals_ignoring_case(expectation, "100-continue")) {
      fields.expects_continue = true;
    } else if (!expectation.empty()) {
      fields.unknown_expectation = expectation;
    }
  }
}

void note_upgrade(Fields& fields, std::string_view list) {
  while (!list.empty()) {
    if (equals_ignoring_case(next_element(list), "websocket")) fields.upgrade_to_websocket = true;
  }
}

/// Rationale: the length of the name decides before a byte of it is compared.
void note(Fields& fields, const HeaderField& field) {
  switch (field.name.size()) {
    case 4:
      if (field.name == "host") fields.host.note(field.value);
      break;
    case 6:
      if (field.name == "expect") note_expect(fields, field.value);
      break;
    case 7:
      if (field.name == "upgrade") note_upgrade(fields, field.value);
      break;
    case 10:
      if (field.name == "connection") note_connection(fields, field.value);
      break;
    case 14:
      if (field.name == "content-length") fields.content_length.note(field.value);
      break;
    case 17:
      if (field.name == "transfer-encoding") fields.transfer_encoding.note(field.value);
      break;
    default:
      break;
  }
}

std::optional<Refusal> apply_host(RequestMessage& message, const Single& host) {
  if (host.lines == 0) {
    if (message.minor_version == 0) return std::nullopt;
    return Refusal{400, "The Host header field is missing."};
  }
  if (host.lines > 1) return Refusal{400, "There is more than one Host header field."};
  if (host.value.empty()) return Refusal{400, "The Host header field is empty."};
  if (!is_host_and_port(host.value)) {
    return Refusal{400, "The Host header field is no host[:port]: " + quoted(host.value) + "."};
  }
  if (message.host.empty()) message.host = host.value;
  return std::nullopt;
}

/// The answer to a coding that is not just `chunked`.
Refusal refuse_coding(std::string_view value) {
  std::string_view last;
  unsigned chunked = 0;
  unsigned others = 0;
  for (std::string_view list = value; !list.empty();) {
    const std::string_view coding = next_element(list);
    if (coding.empty()) continue;
    last = coding;
    ++(equals_ignoring_case(coding, "chunked") ? chunked : others);
  }
  if (chunked > 1 || others == 0 || (chunked == 1 && !equals_ignoring_case(last, "chunked"))) {
    return Refusal{400, "Transfer-Encoding must end in 'chunked', once: " + quoted(value) + "."};
  }
  return Refusal{501, "The transfer coding " + quoted(value) + " is not implemented."};
}

std::optional<Refusal> apply_transfer_encoding(RequestMessage& message, const Fields& fields) {
  if (fields.transfer_encoding.lines > 1) {
    return Refusal{400, "There is more than one Transfer-Encoding header field."};
  }
  if (message.minor_version == 0) {
    return Refusal{400, "Transfer-Encoding does not exist in HTTP/1.0."};
  }
  if (fields.content_length.lines > 0) {
    return Refusal{400, "Content-Length and Transfer-Encoding exclude each other."};
  }
  if (!equals_ignoring_case(fields.transfer_encoding.value, "chunked")) {
    return refuse_coding(fields.transfer_encoding.value);
  }
  message.chunked = true;
  message.content_length = kUnknownLength;
  return std::nullopt;
}

std::optional<Refusal> apply_content_length(RequestMessage& message, const Single& field) {
  if (field.lines > 1) return Refusal{400, "There is more than one Content-Length header field."};
  const char* const end = field.value.data() + field.value.size();
  const auto [parsed, error] = std::from_chars(field.value.data(), end, message.content_length);
  if (error != std::errc() || parsed != end || message.content_length == kUnknownLength) {
    return Refusal{400, "The Content-Length header field is no decimal number of bytes: " +
                            quoted(field.value) + "."};
  }
  return std::nullopt;
}

std::optional<Refusal> apply_framing(RequestMessage& message, const Fields& fields) {
  message.content_length = 0;
  if (fields.transfer_encoding.lines > 0) return apply_transfer_encoding(message, fields);
  if (fields.content_length.lines > 0) return apply_content_length(message, fields.content_length);
  return std::nullopt;
}

/// HTTP/1.0 has no expectations: a server must ignore them there.
std::optional<Refusal> apply_expect(RequestMessage& message, const Fields& fields) {
  if (message.minor_version == 0) return std::nullopt;
  if (!fields.unknown_expectation.empty()) {
    return Refusal{417, "The Expect header field asks for " + quoted(fields.unknown_expectation) +
                            "; only 100-continue is known."};
  }
  message.expects_continue = fields.expects_continue && message.content_length > 0;
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> apply_field_rules(RequestMessage& message) {
  Fields fields;
  for (const HeaderField& field : message.headers) note(fields, field);
  if (auto refusal = apply_host(message, fields.host)) return refusal;
  if (auto refusal = apply_framing(message, fields)) return refusal;
  if (auto refusal = apply_expect(message, fields)) return refusal;
  message.asks_for_websocket = fields.upgrade_to_websocket && message.minor_version > 0;
  message.keep_alive = !fields.close && (message.minor_version == 1 || fields.keep_alive);
  return std::nullopt;
}

}  // namespace plughost::http
