#include "net/connection.hpp"

#include <algorithm>

#include "dispatch/request_state.hpp"
#include "net/endpoints.hpp"

namespace plughost::net {

using dispatch::RequestState;

namespace {

constexpr std::chrono::seconds kLingerTime{2};  // for a closing client to see its last answer

}  // namespace

Connection::Connection(IoContext& context, int fd, std::unique_ptr<Socket> socket,
                       std::shared_ptr<const dispatch::Endpoint> client)
    : context_(context),
      fd_(fd),
      socket_(std::move(socket)),
      client_(std::move(client)),
      server_(local_endpoint(fd)),
      parser_({context.shared.limits.header_bytes, context.shared.limits.headers}),
      idle_since_(Clock::now()),
      read_since_(idle_since_) {}

Connection::~Connection() {
  if (alive()) die();
}

void Connection::on_readable(bool saw_end) {
  unread_ = true;
  if (output_.blocked() && socket_->send_wants_readable()) advance();
  if (state_ == State::lingering) {
    drop_input();
  } else {
    read_some(saw_end);
  }
}

void Connection::on_writable() {
  advance();
  if (socket_->receive_wants_writable() || socket_->holds_input()) on_readable(false);
}

bool Connection::wants_writable() const {
  if (!alive()) return false;
  // No event would announce what the socket holds itself; this one comes at once.
  const bool read_again = wants_read_again() && socket_->holds_input();
  return read_again || output_.blocked() || socket_->receive_wants_writable();
}

void Connection::answered(Request& request) {
  request.answered = true;
  queue_advance();
}

void Connection::queue_advance() {
  if (std::exchange(queued_for_advance, true)) return;
  context_.to_advance.push_back(this);
}

void Connection::advance() {
  if (state_ == State::lingering || state_ == State::dead) return;
  fill_output();
  if (!output_.empty()) {
    const bool was_blocked = output_.blocked();
    bool moved = false;
    const auto progress = output_.flush(*socket_, moved);
    if (progress == Output::Progress::failed) return die();
    if (progress == Output::Progress::blocked) {
      if (moved || !was_blocked) write_since_ = Clock::now();
      return;
    }
    idle_since_ = Clock::now();
    // Reading was paused: the client may not be blamed for that time.
    if (was_blocked) read_since_ = idle_since_;
  }
  if (state_ == State::closing) return enter_lingering();
  const bool more_ready = pipeline_.empty() ? owes_continue_ : pipeline_.front()->answered;
  if (more_ready) return queue_advance();
  if (!input_.empty() && can_parse()) consume({});
  if (half_closed_ && pipeline_.empty() && output_.empty() && alive()) close_in_order();
}

void Connection::fill_output() {
  while (!pipeline_.empty() && pipeline_.front()->answered && output_.accepts()) {
    auto& request = *pipeline_.front();
    const bool close = closes_after(request);
    const bool http_1_0 = request.message.minor_version == 0;
    const auto client_id = request.message.header("x-request-id");
    if (!client_id.empty()) request.answer.headers.append("x-request-id", client_id);
    pipeline_.erase(pipeline_.begin());
    output_.append(request, close      ? http::Persistence::close
                            : http_1_0 ? http::Persistence::keep_alive
                                       : http::Persistence::implied);
    if (close) {
      state_ = State::closing;
      forget_unread();
      return;
    }
  }
  send_continue_if_due();
}

bool Connection::closes_after(const Request& request) const {
  if (request.answer.headers.close()) return true;
  if (pipeline_.size() > 1) return false;
  if (last_read_) return true;
  if (!context_.draining || half_closed_ || !input_.empty()) return false;
  if (current_ != nullptr && parser_.got_some()) return false;
  return !socket_->has_input();  // a request that crossed the stop is still served
}

void Connection::send_continue_if_due() {
  if (!owes_continue_ || !pipeline_.empty() || !output_.accepts()) return;
  owes_continue_ = false;
  read_since_ = Clock::now();
  output_.append_raw(http::kContinue);
}

bool Connection::is_idle() const {
  return state_ == State::open && pipeline_.empty() && output_.empty() &&
         (current_ == nullptr || !parser_.got_some());
}

bool Connection::waits_for_client() const {
  return current_ != nullptr && parser_.got_some() && can_parse() && !owes_continue_;
}

std::chrono::milliseconds Connection::read_patience() const {
  const auto& limits = context_.shared.limits;
  return reading_body_ ? limits.body_timeout : limits.header_timeout;
}

Clock::time_point Connection::next_deadline() const {
  const auto& limits = context_.shared.limits;
  if (state_ == State::dead) return Clock::time_point::max();
  if (state_ == State::lingering) {
    const Clock::duration patience = kLingerTime;
    return linger_since_ + (context_.draining
                                ? std::min<Clock::duration>(patience, context_.shared.linger)
                                : patience);
  }
  auto due = Clock::time_point::max();
  if (socket_->handshaking()) due = read_since_ + limits.header_timeout;
  if (output_.blocked()) due = std::min(due, write_since_ + limits.write_timeout);
  for (const auto* request : pipeline_) {
    if (!request->answered) due = std::min(due, request->deadline);
  }
  if (state_ == State::closing) return due;
  if (is_idle()) {
    due = std::min(due, idle_since_ + limits.keep_alive);
    if (context_.draining) {
      due = std::min(due, std::max(context_.draining_since, idle_since_) + context_.shared.linger);
    }
  } else if (waits_for_client()) {
    due = std::min(due, read_since_ + read_patience());
  }
  return due;
}

void Connection::on_timer(Clock::time_point now) {
  if (now < next_deadline()) return;
  const auto& limits = context_.shared.limits;
  if (state_ == State::lingering) return die();
  if (output_.blocked() && now >= write_since_ + limits.write_timeout) return die();
  if (socket_->handshaking() && now >= read_since_ + limits.header_timeout) return die();
  for (auto*& request : pipeline_) {
    if (!request->answered && now >= request->deadline) {
      answer_in_place_of(request, 504, "The handler did not answer within the route's timeout.");
    }
  }
  if (state_ != State::open) return;
  if (is_idle()) return enter_lingering();
  if (!waits_for_client() || now < read_since_ + read_patience()) return;
  refuse(408, reading_body_ ? "The request body did not arrive in time (limits.body_timeout)."
                            : "The request head did not arrive in time (limits.header_timeout).");
}

void Connection::close_if_unowed() {
  if (state_ == State::lingering) return die();
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
  if (state_ != State::closing) return;
  // A handler closed in front of pipelined requests: nobody will see their answers.
  for (auto* request : pipeline_) {
    if (request->answered) {
      context_.requests.recycle(*request);
    } else {
      RequestState::detach(*request);
      request->sink = nullptr;
    }
  }
  pipeline_.clear();
}

void Connection::enter_lingering() {
  forget_unread();
  if (half_closed_) return close_in_order();
  socket_->shut_down_sending();
  state_ = State::lingering;
  linger_since_ = Clock::now();
  unread_ = true;  // bytes that were left in the socket while closing
}

void Connection::close_in_order() {
  socket_->say_goodbye();
  die();
}

void Connection::die() {
  state_ = State::closing;
  forget_unread();
  output_.discard();
  unread_ = false;
  state_ = State::dead;
}

}  // namespace plughost::net
