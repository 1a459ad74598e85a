#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "dispatch/response_stream.hpp"

namespace plughost::net {

/// Puts a streamed answer on the wire: frames what the plugin has written, one chunk for all that
/// is there, and leaves the bytes where they lie.
///
/// Owner: an Output. Threads: its I/O thread.
class StreamSender final {
 public:
  enum class State {
    open,       ///< more may come
    finished,   ///< the last byte was sent
    truncated,  ///< all that the plugin wrote was sent, and it was not all
  };

  /// request.started. Nothing is sent of it before the next gather().
  void begin(dispatch::Request& request);
  /// Fills in at most room parts; 0: there is nothing to send now, see state().
  std::size_t gather(iovec* parts, std::size_t room);
  /// So much of them was sent. May run a notification of the plugin's.
  void advance(std::size_t bytes);
  State state() const { return state_; }
  /// Forgets the request and gives back what it holds.
  void end();

 private:
  // What is on its way, in this order: head_, the pieces, tail_.
  std::size_t segments() const { return pieces_.size() + 2; }
  std::string_view segment(std::size_t index) const;
  void take();
  void frame(bool is_last);
  void pass_sent_segments();

  dispatch::Request* request_ = nullptr;
  State state_ = State::open;
  bool is_last_ = false;    // nothing follows tail_
  bool has_batch_ = false;  // a segment is not sent yet
  std::size_t at_ = 0;      // the first such segment
  std::size_t offset_ = 0;  // how much of it was sent
  std::string head_;
  std::vector<dispatch::Piece> pieces_;
  std::string tail_;
};

}  // namespace plughost::net
