#pragma once

#include <optional>

#include "http/message.hpp"
#include "http/refusal.hpp"

namespace plughost::http {

/// Judges the header lines that decide about framing, persistence and target, and fills the members
/// of the message they stand for: host, content_length, chunked, keep_alive, expects_continue,
/// asks_for_websocket.
///
/// Host (RFC 9112 section 3.2), Transfer-Encoding and Content-Length (sections 6.1 to 6.3),
/// Connection (section 9.3), Expect (RFC 9110 section 10.1.1). An absolute-form target's host
/// stands, but a Host field must be there and valid all the same.
std::optional<Refusal> apply_field_rules(RequestMessage& message);

}  // namespace plughost::http
