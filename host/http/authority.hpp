#pragma once

#include <string_view>

namespace plughost::http {

/// True for `uri-host [ ":" port ]` with a host that is not empty (RFC 9110 sections 4.2 and 7.2,
/// RFC 3986 section 3.2): a name, an IPv4 address, or an IPv6 address in brackets.
///
/// Stricter than the grammar: a port is at most 65535 and IPvFuture is refused, as no client can
/// have reached us there. No user information (RFC 9110 section 4.2.4).
bool is_host_and_port(std::string_view text);

}  // namespace plughost::http
