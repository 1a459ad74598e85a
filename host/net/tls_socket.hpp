#pragma once

#include <memory>
#include <string>

#include "net/socket.hpp"
#include "net/tls_context.hpp"
#include "net/wire_bio.hpp"

namespace plughost::net {

/// TLS on a TCP or Unix stream socket; the handshake happens inside receive and send.
///
/// A client that speaks plain HTTP gets a 400 in plain text, one whose handshake fails an alert.
///
/// Limits: a send is one record, so at most 16 KiB, from wherever its parts lie. An idle
///         connection has given its buffers back.
class TlsSocket final : public Socket {
 public:
  TlsSocket(int fd, std::shared_ptr<const TlsContext> context);
  ~TlsSocket() override;

  Transfer receive(char* buffer, std::size_t size) noexcept override;
  Transfer send(const iovec* parts, std::size_t count) noexcept override;
  Transfer send_file(int file, std::uint64_t offset, std::size_t count) noexcept override;
  void shut_down_sending() noexcept override;
  void say_goodbye() noexcept override;
  bool has_input() const noexcept override;

  bool handshaking() const noexcept override { return !established_; }
  bool encrypts() const noexcept override { return true; }
  bool holds_input() const noexcept override;
  bool receive_wants_writable() const noexcept override;
  bool send_wants_readable() const noexcept override { return send_wants_readable_; }

 private:
  enum class Phase {
    open,
    saying_goodbye,  // the close_notify did not fit into the socket as yet
    draining,        // nothing more is sent, and what arrives is dropped unread
  };

  Transfer write(const char* bytes, std::size_t size) noexcept;
  void note_handshake() noexcept;
  Status outcome_of_read(int result) noexcept;
  Status refuse() noexcept;
  bool send_close_notify() noexcept;
  void end_sending() noexcept;
  Transfer drain(char* buffer, std::size_t size) noexcept;

  const std::shared_ptr<const TlsContext> context_;
  Wire wire_;
  ssl_st* const ssl_;
  Phase phase_ = Phase::open;
  bool established_ = false;
  Status end_ = Status::ok;  // of receiving; ok: not ended
  bool receive_wants_writable_ = false;
  bool send_wants_readable_ = false;
  // A record that the socket did not take must be offered again as it is (SSL_write). It is kept
  // here, as callers may have cut their bytes otherwise by then.
  std::string unsent_;
  std::size_t sent_ahead_ = 0;  // of unsent_, beyond what the caller offered the second time
};

}  // namespace plughost::net
