#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plughost::http::websocket {

/// What both ends agreed on for permessage-deflate (RFC 7692 section 7.1).
struct DeflateTerms {
  int server_window_bits = 15;
  int client_window_bits = 15;
  bool server_keeps_context = true;
  bool client_keeps_context = true;
  bool names_client_window = false;  ///< the client understands the parameter in the answer
};

struct ExtensionChoice {
  bool well_formed = true;  ///< false: the field breaks the grammar of RFC 6455 section 9.1
  std::optional<DeflateTerms> deflate;  ///< none: no offer suits
};

/// Takes the first offer of permessage-deflate whose every parameter is known and valid, as RFC
/// 7692 section 5 wants; other extensions are declined. values: those of every
/// Sec-WebSocket-Extensions line, in order.
///
/// Rationale: windows of 12 bits (4 KiB) where we may choose. 15 bits would cost eight times the
/// memory for each connection and compress usual messages hardly better.
ExtensionChoice choose_extensions(const std::vector<std::string_view>& values);

/// The value of the Sec-WebSocket-Extensions field that answers.
std::string extension_answer(const DeflateTerms& terms);

}  // namespace plughost::http::websocket
