#pragma once

#include "config/config.hpp"
#include "net/openssl.hpp"

namespace plughost::net {

/// A context that speaks TLS as this server does, without a certificate as yet.
///
/// TLS 1.2 and 1.3; forward secrecy and authenticated encryption only; the server's order of
/// suites; no compression, no renegotiation, no early data (a request could be replayed). Sessions
/// are resumed by tickets; nothing is stored. ALPN (RFC 7301): a client that offers protocols must
/// offer http/1.1. The end of the stream without a close_notify counts as one: requests and answers
/// say their own length.
///
/// Errors: throws std::runtime_error if the library refuses (its own configuration is broken).
SslCtxPtr make_ssl_ctx(const config::Tls& tls);

}  // namespace plughost::net
