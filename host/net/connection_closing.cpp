#include <sys/socket.h>

#include "dispatch/request_state.hpp"
#include "dispatch/response_stream.hpp"
#include "net/connection.hpp"

// How a Connection ends.
namespace plughost::net {

using dispatch::RequestState;

namespace {

/// The client gets an error instead of the end of the stream.
void reset_on_close(int fd) {
  const linger at_once{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

/// The end of the connection is the end of its answer: a plain close would make it look complete.
bool ends_by_close(const Request* request) {
  return request != nullptr && request->response_stream->framing() == http::Framing::until_close;
}

}  // namespace

void Connection::begin_drain() {
  for (auto* request : pipeline_) {
    if (request->started) RequestState::hint_cancelled(*request);
  }
  if (output_.streaming() != nullptr) RequestState::hint_cancelled(*output_.streaming());
  if (session_ == nullptr) return;
  on_readable(false);  // messages that came before the stop are told before the goodbye
  if (session_ != nullptr) session_->go_away();
}

void Connection::close_if_unowed() {
  if (state_ == State::lingering) return die();
  if (output_.streaming() != nullptr) return queue_advance();  // context_.truncating is set
  if (state_ != State::open || !pipeline_.empty() || !output_.empty()) return;
  if (current_ == nullptr || !parser_.got_some()) return enter_lingering();
  refuse(503, "The server is stopping and could not wait for the rest of this request.");
}

void Connection::turn_away() {
  if (!start_request()) return;
  refuse(503, "The server has as many connections as it may (limits.connections).");
}

void Connection::force_close() {
  if (state_ == State::lingering) return die();
  if (output_.streaming() != nullptr) return cut();
  if (state_ != State::open) return;
  for (auto*& request : pipeline_) {
    if (!request->answered) {
      answer_in_place_of(request, 503, "The server is stopping and could not wait any longer.");
    }
  }
  last_read_ = true;
  forget_unread();
  if (pipeline_.empty() && output_.empty()) return enter_lingering();
  queue_advance();
}

void Connection::forget_unread() {
  input_ = {};
  owes_continue_ = false;
  reading_body_ = false;
  if (current_ != nullptr) context_.requests.recycle(*std::exchange(current_, nullptr));
  upload_ = {};
  if (state_ != State::closing) return;
  // A handler closed in front of pipelined requests: nobody will see their answers.
  for (auto* request : pipeline_) context_.requests.abandon(*request);
  pipeline_.clear();
}

void Connection::enter_lingering() {
  session_.reset();
  forget_unread();
  if (half_closed_) return close_in_order();
  socket_->shut_down_sending();
  state_ = State::lingering;
  linger_since_ = context_.now;
  unread_ = true;  // bytes that were left in the socket while closing
}

void Connection::close_in_order() {
  socket_->say_goodbye();
  die();
}

/// Ends it in the middle of an answer, and lets the client see that.
void Connection::cut() {
  if (ends_by_close(output_.streaming())) return die();
  state_ = State::closing;
  output_.discard();
  enter_lingering();
}

void Connection::die() {
  if (ends_by_close(output_.streaming())) reset_on_close(fd_);
  session_.reset();
  state_ = State::closing;
  forget_unread();
  output_.discard();
  unread_ = false;
  state_ = State::dead;
}

}  // namespace plughost::net
