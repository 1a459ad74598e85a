#pragma once

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

namespace plughost::test {

/// A TLS client on one end of a socket pair that never blocks; it trusts everybody.
class TlsClient final {
 public:
  /// Takes the descriptor. name: what it asks for (SNI), empty: nothing.
  explicit TlsClient(int fd, const std::string& name = "")
      : fd_(fd), context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
    SSL_CTX_set_mode(context_.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    ssl_ = {SSL_new(context_.get()), SSL_free};
    SSL_set_fd(ssl_.get(), fd);
    SSL_set_connect_state(ssl_.get());
    if (!name.empty()) SSL_set_tlsext_host_name(ssl_.get(), name.c_str());
  }
  ~TlsClient() { leave(); }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  int fd() const { return fd_; }
  SSL* ssl() const { return ssl_.get(); }

  /// Closes the descriptor and says nothing before.
  void leave() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

  bool shake_hands() {
    ERR_clear_error();
    return SSL_do_handshake(ssl_.get()) == 1;
  }
  /// How much of it the socket took.
  std::size_t write(const std::string& bytes) {
    std::size_t written = 0;
    ERR_clear_error();
    SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &written);
    return written;
  }
  /// What has arrived; error() says why there is no more.
  std::string read(std::size_t most = SIZE_MAX) {
    std::string all;
    char buffer[4096];
    while (all.size() < most) {
      std::size_t got = 0;
      ERR_clear_error();
      const int result =
          SSL_read_ex(ssl_.get(), buffer, std::min(sizeof buffer, most - all.size()), &got);
      if (result <= 0) {
        error_ = SSL_get_error(ssl_.get(), result);
        break;
      }
      all.append(buffer, got);
    }
    return all;
  }
  int error() const { return error_; }

  /// The common name in the server's certificate.
  std::string server_name() const {
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(
        SSL_get1_peer_certificate(ssl_.get()), X509_free);
    char text[256] = "";
    if (certificate != nullptr) {
      X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, text,
                                sizeof text);
    }
    return text;
  }

 private:
  int fd_;
  int error_ = SSL_ERROR_NONE;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, SSL_free};
};

}  // namespace plughost::test
