#pragma once

#include <cstddef>
#include <string>

#include "dispatch/request.hpp"
#include "http/response_writer.hpp"
#include "net/socket.hpp"

namespace plughost::net {

/// Bytes on their way to one client: heads and small bodies in one buffer, at most one large body
/// sent from where it lies.
///
/// Owner: a Connection. Threads: its I/O thread.
class Output final {
 public:
  enum class Progress { done, blocked, failed };

  ~Output();

  /// True while another answer may be appended.
  bool accepts() const { return large_ == nullptr && pending() < kHighWater; }

  /// Appends request's answer and recycles it, now or when its large body is out.
  void append(dispatch::Request& request, http::Persistence persistence);
  void append_raw(std::string_view bytes) { buffer_ += bytes; }

  /// Sends what the socket takes. moved tells whether any byte went out.
  Progress flush(Socket& socket, bool& moved);

  bool empty() const { return pending() == 0 && large_ == nullptr; }
  bool blocked() const { return blocked_; }
  /// The client is gone: drops everything.
  void discard();

 private:
  static constexpr std::size_t kHighWater = 64 * 1024;
  static constexpr std::size_t kLargeBody = 16 * 1024;

  std::size_t pending() const { return buffer_.size() - sent_; }
  void advance(std::size_t bytes);

  std::string buffer_;
  std::size_t sent_ = 0;
  dispatch::Request* large_ = nullptr;  // its body follows buffer_
  std::size_t large_sent_ = 0;
  bool blocked_ = false;
};

}  // namespace plughost::net
