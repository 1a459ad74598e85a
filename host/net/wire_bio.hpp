#pragma once

struct bio_st;  // OpenSSL's BIO

namespace plughost::net {

/// The descriptor below TLS, and what its last read told.
///
/// Rationale: OpenSSL's own socket BIO raises SIGPIPE and does not say whether the socket was
///            emptied, which an edge-triggered reader must know.
struct Wire {
  explicit Wire(int socket) : fd(socket) {}

  const int fd;
  bool drained = false;    ///< the last read left nothing in the socket
  bool ended = false;      ///< the peer's FIN was read
  char first_byte = '\0';  ///< of the connection; tells TLS from plain HTTP
};

/// Moves bytes between OpenSSL and wire, which outlives it. Null: out of memory.
bio_st* make_wire_bio(Wire& wire);

}  // namespace plughost::net
