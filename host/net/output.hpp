#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "dispatch/request.hpp"
#include "http/response_writer.hpp"
#include "net/socket.hpp"
#include "net/stream_sender.hpp"

namespace plughost::net {

/// Bytes on their way to one client: heads and small bodies in one buffer, behind them at most one
/// body that is sent from where it lies: a large one, a file or a stream.
///
/// Owner:  a Connection. Threads: its I/O thread.
/// Limits: one flush sends about kTurn bytes, so that other connections have their turn.
class Output final {
 public:
  enum class Progress {
    done,
    waiting,    ///< a stream has nothing to send now
    blocked,    ///< by the client, who does not read
    paused,     ///< the socket takes more, but it was this connection's turn for long enough
    truncated,  ///< a stream or file ended before its time: the client must see that
    failed,     ///< the client is gone
  };

  ~Output();

  /// True while another answer may be appended.
  bool accepts() const { return request_ == nullptr && pending() < kHighWater; }

  /// Appends request's answer and recycles it, now or when its body is out.
  void append(dispatch::Request& request, http::Persistence persistence);
  /// Appends the 101 answer of a request that has become a connection; its stream follows for ever.
  void upgrade(dispatch::Request& request);
  void append_raw(std::string_view bytes) { buffer_ += bytes; }

  /// Sends what the socket takes. moved tells whether any byte went out.
  Progress flush(Socket& socket, bool& moved);

  bool empty() const { return pending() == 0 && request_ == nullptr; }
  /// Bytes wait for the socket.
  bool blocked() const { return progress_ == Progress::blocked || paused(); }
  /// The socket takes more, but no event will say so.
  bool paused() const { return progress_ == Progress::paused; }
  /// The request whose answer is being streamed; null if there is none.
  dispatch::Request* streaming() const { return body_ == Body::stream ? request_ : nullptr; }
  /// The client is gone, or shall think so: drops everything.
  void discard();

 private:
  enum class Body { bytes, file, stream };

  static constexpr std::size_t kHighWater = 64 * 1024;
  static constexpr std::size_t kLargeBody = 16 * 1024;
  static constexpr std::size_t kTurn = 1024 * 1024;

  std::size_t pending() const { return buffer_.size() - sent_; }
  void append_whole(dispatch::Request& request, http::Persistence persistence);
  void set_body(dispatch::Request& request, Body body);
  Progress send_all(Socket& socket, bool& moved);
  Socket::Transfer send_some(Socket& socket);
  void advance(std::size_t bytes);
  Progress at_rest();
  void end_body();

  std::string buffer_;
  std::size_t sent_ = 0;
  dispatch::Request* request_ = nullptr;  // its body follows buffer_
  Body body_ = Body::bytes;
  std::string_view rest_;               // of Body::bytes
  dispatch::FilePart file_;             // of Body::file, what is left
  StreamSender stream_;                 // of Body::stream
  Progress progress_ = Progress::done;  // of the latest flush
};

}  // namespace plughost::net
