#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>

namespace plughost::net {

/// The bytes to and from one client, on a non-blocking descriptor.
///
/// Rationale: what is on the wire (plain text, TLS) is the socket's own matter; a Connection only
/// sees what was sent and received, and a test can put anything in its place.
///
/// Owner:   a Connection; the descriptor itself is closed by the Transport.
/// Threads: one I/O thread.
class Socket {
 public:
  enum class Status {
    ok,       ///< bytes were moved
    blocked,  ///< nothing now; an event of the descriptor says when
    closed,   ///< receive only: the client sends no more
    refused,  ///< receive only: the client was told why; what else it sends is of no interest
    failed,   ///< the connection is of no use any more
  };

  struct Transfer {
    Status status;
    std::size_t bytes = 0;
    bool more = false;  ///< receive, ok: bytes may be left that no new event will announce
  };

  virtual ~Socket() = default;

  virtual Transfer receive(char* buffer, std::size_t size) noexcept = 0;
  /// At most 64 parts, in order; what was taken may end inside any of them.
  virtual Transfer send(const iovec* parts, std::size_t count) noexcept = 0;
  /// Sends up to count bytes of file from offset. ok with 0 bytes: the file has ended before.
  virtual Transfer send_file(int file, std::uint64_t offset, std::size_t count) noexcept = 0;
  /// The client reads the end of the stream behind what was sent.
  virtual void shut_down_sending() noexcept = 0;
  /// The descriptor is closed next, in order, and the client closed its side before.
  virtual void say_goodbye() noexcept {}
  /// Bytes have arrived that were not received yet (or the descriptor cannot tell).
  virtual bool has_input() const noexcept = 0;

  /// Client and server are still agreeing on how to talk.
  virtual bool handshaking() const noexcept { return false; }
  /// Nobody on the way can read along (https).
  virtual bool encrypts() const noexcept { return false; }
  /// Bytes were taken from the descriptor that are yet to be received: no event announces them.
  virtual bool holds_input() const noexcept { return false; }
  /// receive is blocked, or the end of sending is, until the descriptor is writable.
  virtual bool receive_wants_writable() const noexcept { return false; }
  /// send is blocked until the descriptor is readable.
  virtual bool send_wants_readable() const noexcept { return false; }
};

/// Plain TCP or a Unix stream socket.
class PlainSocket final : public Socket {
 public:
  explicit PlainSocket(int fd) : fd_(fd) {}

  Transfer receive(char* buffer, std::size_t size) noexcept override;
  Transfer send(const iovec* parts, std::size_t count) noexcept override;
  Transfer send_file(int file, std::uint64_t offset, std::size_t count) noexcept override;
  void shut_down_sending() noexcept override;
  bool has_input() const noexcept override;

 private:
  const int fd_;
};

}  // namespace plughost::net
