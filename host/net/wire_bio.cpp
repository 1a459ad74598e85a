#include "net/wire_bio.hpp"

#include <sys/socket.h>

#include <cerrno>

#include "net/openssl.hpp"
#include "net/uninterrupted.hpp"

namespace plughost::net {
namespace {

Wire& wire_of(BIO* bio) { return *static_cast<Wire*>(BIO_get_data(bio)); }

bool is_temporary(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

int read_wire(BIO* bio, char* buffer, std::size_t size, std::size_t* got) {
  auto& wire = wire_of(bio);
  BIO_clear_retry_flags(bio);
  const ssize_t bytes = uninterrupted([&] { return ::recv(wire.fd, buffer, size, 0); });
  wire.drained = bytes < static_cast<ssize_t>(size);
  if (bytes > 0) {
    if (wire.first_byte == '\0') wire.first_byte = buffer[0];
    *got = static_cast<std::size_t>(bytes);
    return 1;
  }
  if (bytes == 0) {
    wire.ended = true;
  } else if (is_temporary(errno)) {
    BIO_set_retry_read(bio);
  }
  return bytes == 0 ? 0 : -1;
}

int write_wire(BIO* bio, const char* bytes, std::size_t size, std::size_t* written) {
  BIO_clear_retry_flags(bio);
  const ssize_t sent =
      uninterrupted([&] { return ::send(wire_of(bio).fd, bytes, size, MSG_NOSIGNAL); });
  if (sent >= 0) {
    *written = static_cast<std::size_t>(sent);
    return 1;
  }
  if (is_temporary(errno)) BIO_set_retry_write(bio);
  return -1;
}

long control_wire(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_EOF) return wire_of(bio).ended ? 1 : 0;
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

BIO_METHOD* make_method() {
  auto* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "plughost wire");
  if (method == nullptr) return nullptr;
  BIO_meth_set_read_ex(method, read_wire);
  BIO_meth_set_write_ex(method, write_wire);
  BIO_meth_set_ctrl(method, control_wire);
  return method;
}

}  // namespace

bio_st* make_wire_bio(Wire& wire) {
  static BIO_METHOD* const method = make_method();  // lives as long as the process
  auto* bio = method == nullptr ? nullptr : BIO_new(method);
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, &wire);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace plughost::net
