#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "http/proxy_protocol.hpp"
#include "net/socket.hpp"

namespace plughost::net {

/// A socket whose bytes begin with the header of the PROXY protocol; what follows is another
/// socket's, plain or TLS.
///
/// Nothing is sent before the header is there, as the other socket may have to answer what follows.
///
/// Errors: receive() and send() fail if the header is malformed or the client leaves before its
/// end.
class ProxySocket final : public Socket {
 public:
  using OnHeader = std::function<void(const http::ProxyHeader& header)>;

  /// inner is of the same descriptor; on_header is called once, before anything else is received.
  ProxySocket(int fd, std::unique_ptr<Socket> inner, OnHeader on_header)
      : fd_(fd), inner_(std::move(inner)), on_header_(std::move(on_header)) {}

  Transfer receive(char* buffer, std::size_t size) noexcept override;
  Transfer send(const iovec* parts, std::size_t count) noexcept override;
  Transfer send_file(int file, std::uint64_t offset, std::size_t count) noexcept override;
  void shut_down_sending() noexcept override { inner_->shut_down_sending(); }
  bool has_input() const noexcept override { return inner_->has_input(); }
  void say_goodbye() noexcept override { inner_->say_goodbye(); }
  bool handshaking() const noexcept override { return !has_header_ || inner_->handshaking(); }
  bool encrypts() const noexcept override { return inner_->encrypts(); }
  bool holds_input() const noexcept override { return inner_->holds_input(); }
  bool receive_wants_writable() const noexcept override { return inner_->receive_wants_writable(); }
  bool send_wants_readable() const noexcept override {
    return !has_header_ || inner_->send_wants_readable();
  }

 private:
  /// ok: the header is there.
  Transfer pass_header() noexcept;

  const int fd_;
  const std::unique_ptr<Socket> inner_;
  const OnHeader on_header_;
  bool has_header_ = false;
};

}  // namespace plughost::net
