#include "net/tls_socket.hpp"

#include <openssl/err.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/log.hpp"
#include "http/problem.hpp"
#include "http/response_writer.hpp"
#include "net/endpoints.hpp"
#include "net/openssl.hpp"
#include "net/uninterrupted.hpp"

namespace plughost::net {
namespace {

constexpr std::size_t kRecord = SSL3_RT_MAX_PLAIN_LENGTH;
constexpr int kRecordsPerReceive = 16;  // they may hold a byte each, and others have their turn

/// Plaintext on its way into a record.
thread_local char staging[kRecord];

/// The start of parts, in one piece; in staging unless it lies in one piece already.
std::string_view gather(const iovec* parts, std::size_t count) {
  while (count > 1 && parts->iov_len == 0) ++parts, --count;
  const auto* first = static_cast<const char*>(parts->iov_base);
  if (count == 1 || parts->iov_len >= kRecord) return {first, std::min(parts->iov_len, kRecord)};
  std::size_t size = 0;
  for (std::size_t i = 0; i < count && size < kRecord; ++i) {
    const auto bytes = std::min(parts[i].iov_len, kRecord - size);
    if (bytes == 0) continue;  // its base may be null
    std::memcpy(staging + size, parts[i].iov_base, bytes);
    size += bytes;
  }
  return {staging, size};
}

void log_refusal(int fd, const std::string& why) {
  if (!log::enabled(log::Level::debug)) return;
  const auto client = peer_endpoint(fd);
  log::debug("TLS handshake with " + client->text + " port " + std::to_string(client->port) +
             " failed: " + why);
}

std::string plain_refusal() {
  const auto body = http::problem_body(
      400, "This port speaks HTTPS and the request came in plain HTTP; use https://.", {}, {});
  http::HeaderLines headers;
  headers.append("content-type", http::kProblemType);
  std::string answer;
  http::write_head(answer, 400, headers, body.size(), http::Persistence::close);
  return answer + body;
}

}  // namespace

TlsSocket::TlsSocket(int fd, std::shared_ptr<const TlsContext> context)
    : context_(std::move(context)), wire_(fd), ssl_(context_->open()) {
  auto* bio = make_wire_bio(wire_);
  if (bio == nullptr) {
    SSL_free(ssl_);
    throw std::bad_alloc();
  }
  SSL_set_bio(ssl_, bio, bio);
}

TlsSocket::~TlsSocket() { SSL_free(ssl_); }

Socket::Transfer TlsSocket::receive(char* buffer, std::size_t size) noexcept {
  if (phase_ != Phase::open) return drain(buffer, size);
  if (end_ != Status::ok) return {end_};
  receive_wants_writable_ = false;
  wire_.drained = false;  // an event may have announced bytes since the last read
  std::size_t total = 0;
  for (int record = 0; record < kRecordsPerReceive; ++record) {
    std::size_t bytes = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_, buffer + total, size - total, &bytes);
    note_handshake();
    if (result <= 0) {
      const auto status = outcome_of_read(result);
      if (status != Status::blocked) end_ = status;
      if (total == 0) return {status};
      return {Status::ok, total, status != Status::blocked};
    }
    total += bytes;
    if (total == size || (wire_.drained && !holds_input())) break;
  }
  return {Status::ok, total, !wire_.drained || holds_input()};
}

Socket::Status TlsSocket::outcome_of_read(int result) noexcept {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_WRITE:
      receive_wants_writable_ = true;
      return Status::blocked;
    case SSL_ERROR_WANT_READ:
      return Status::blocked;
    case SSL_ERROR_ZERO_RETURN:
      return Status::closed;
    default:
      break;
  }
  if (wire_.ended) return Status::closed;
  return !established_ && ERR_peek_error() != 0 ? refuse() : Status::failed;
}

Socket::Status TlsSocket::refuse() noexcept {
  const bool plain = wire_.first_byte >= 'A' && wire_.first_byte <= 'Z';  // a method
  log_refusal(wire_.fd, plain ? "the client speaks plain HTTP" : take_openssl_error());
  if (!plain) return Status::refused;
  const auto answer = plain_refusal();
  ::send(wire_.fd, answer.data(), answer.size(), MSG_NOSIGNAL);
  return Status::refused;
}

Socket::Transfer TlsSocket::send(const iovec* parts, std::size_t count) noexcept {
  const auto bytes = gather(parts, count);
  return write(bytes.data(), bytes.size());
}

Socket::Transfer TlsSocket::send_file(int file, std::uint64_t offset, std::size_t count) noexcept {
  const auto got = uninterrupted(
      [&] { return ::pread(file, staging, std::min(count, kRecord), static_cast<off_t>(offset)); });
  if (got < 0) return {Status::failed};
  if (got == 0) return {Status::ok};
  return write(staging, static_cast<std::size_t>(got));
}

Socket::Transfer TlsSocket::write(const char* bytes, std::size_t size) noexcept {
  if (sent_ahead_ > 0) {
    const auto known = std::min(sent_ahead_, size);
    sent_ahead_ -= known;
    return {Status::ok, known};
  }
  if (size == 0) return {Status::ok};  // SSL_write takes it for a mistake
  send_wants_readable_ = false;
  const bool again = !unsent_.empty();
  std::size_t written = 0;
  ERR_clear_error();
  const int result = again ? SSL_write_ex(ssl_, unsent_.data(), unsent_.size(), &written)
                           : SSL_write_ex(ssl_, bytes, size, &written);
  note_handshake();
  if (result > 0) {
    if (again) unsent_ = {};
    const auto offered = std::min(written, size);
    sent_ahead_ = written - offered;
    return {Status::ok, offered};
  }
  const int error = SSL_get_error(ssl_, result);
  if (error != SSL_ERROR_WANT_WRITE && error != SSL_ERROR_WANT_READ) return {Status::failed};
  send_wants_readable_ = error == SSL_ERROR_WANT_READ;
  if (!again) unsent_.assign(bytes, size);
  return {Status::blocked};
}

void TlsSocket::shut_down_sending() noexcept {
  if (phase_ != Phase::open) return;
  phase_ = Phase::saying_goodbye;
  end_sending();
}

void TlsSocket::say_goodbye() noexcept { send_close_notify(); }

/// False: the socket has no room for it as yet. Behind bytes that never went out, or a failure,
/// there is none: the end must look like the accident it is.
bool TlsSocket::send_close_notify() noexcept {
  const bool sound = end_ == Status::ok || end_ == Status::closed;
  if (!sound || !established_ || !unsent_.empty()) return true;
  ERR_clear_error();
  const int result = SSL_shutdown(ssl_);
  return result >= 0 || SSL_get_error(ssl_, result) != SSL_ERROR_WANT_WRITE;
}

void TlsSocket::end_sending() noexcept {
  if (!send_close_notify()) return;
  ::shutdown(wire_.fd, SHUT_WR);
  phase_ = Phase::draining;
}

Socket::Transfer TlsSocket::drain(char* buffer, std::size_t size) noexcept {
  if (phase_ == Phase::saying_goodbye) end_sending();
  const auto got = uninterrupted([&] { return ::recv(wire_.fd, buffer, size, 0); });
  if (got > 0) return {Status::ok, static_cast<std::size_t>(got), true};
  if (got == 0) return {Status::closed};
  const bool blocked = errno == EAGAIN || errno == EWOULDBLOCK;
  return {blocked ? Status::blocked : Status::failed};
}

void TlsSocket::note_handshake() noexcept {
  if (!established_) established_ = SSL_is_init_finished(ssl_) == 1;
}

bool TlsSocket::has_input() const noexcept {
  int waiting = 0;
  return holds_input() || ::ioctl(wire_.fd, FIONREAD, &waiting) != 0 || waiting > 0;
}

bool TlsSocket::holds_input() const noexcept {
  return phase_ == Phase::open && SSL_has_pending(ssl_) == 1;
}

bool TlsSocket::receive_wants_writable() const noexcept {
  return receive_wants_writable_ || phase_ == Phase::saying_goodbye;
}

}  // namespace plughost::net
