#pragma once

#include <memory>

#include "config/config.hpp"

struct ssl_st;  // OpenSSL's SSL

namespace plughost::net {

/// Certificates, keys and rules of TLS as they were when it was made.
///
/// A client gets the certificate of the name it asks for, else the first.
///
/// Owner:   shared by TlsCertificates and every TlsSocket that it opened.
/// Threads: open() on [any].
/// Errors:  the constructor throws StartError with every mistake found in the files.
class TlsContext final {
 public:
  /// config has `tls`.
  explicit TlsContext(const config::Config& config);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  /// A server's end that waits for its ClientHello; the caller's, and not beyond this object's
  /// life.
  ssl_st* open() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace plughost::net
