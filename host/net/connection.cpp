#include "net/connection.hpp"

#include <algorithm>

#include "net/endpoints.hpp"
#include "net/forwarded_request.hpp"

namespace plughost::net {

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
      client_is_trusted_(trusts_client()),
      parser_({context.shared.limits.header_bytes, context.shared.limits.headers}),
      idle_since_(Clock::now()),
      read_since_(idle_since_) {}

bool Connection::trusts_client() const {
  const auto* proxies = context_.shared.proxies;
  return proxies != nullptr && is_trusted(*proxies, *client_);
}

void Connection::set_ends(dispatch::Endpoint client, dispatch::Endpoint server) {
  client_ = std::make_shared<const dispatch::Endpoint>(std::move(client));
  server_ = std::make_shared<const dispatch::Endpoint>(std::move(server));
  client_is_trusted_ = trusts_client();
}

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
  is_its_turn_ = true;
  advance();
  is_its_turn_ = false;
  if (socket_->receive_wants_writable() || socket_->holds_input()) on_readable(false);
}

bool Connection::wants_writable() const {
  if (!alive()) return false;
  // No event would announce what the socket holds itself; this one comes at once.
  const bool read_again = wants_read_again() && socket_->holds_input();
  return read_again || output_.blocked() || socket_->receive_wants_writable();
}

void Connection::on_hangup() {
  if (state_ == State::open || state_ == State::closing) die();
}

void Connection::queue_advance() {
  if (std::exchange(queued_for_advance, true)) return;
  context_.to_advance.push_back(this);
}

void Connection::advance() {
  if (state_ == State::lingering || state_ == State::dead) return;
  fill_output();
  if (!write_some()) return;
  const bool more_ready =
      continue_is_due() || (output_.accepts() && !pipeline_.empty() && pipeline_.front()->answered);
  if (more_ready) return queue_advance();
  if (!input_.empty() && can_parse()) consume({});
  if (half_closed_ && pipeline_.empty() && output_.empty() && alive()) close_in_order();
}

bool Connection::is_idle() const {
  return state_ == State::open && pipeline_.empty() && output_.empty() && !upload_.active &&
         (current_ == nullptr || !parser_.got_some());
}

bool Connection::waits_for_client() const {
  if (owes_continue_ || !can_parse()) return false;
  return upload_.active || (current_ != nullptr && parser_.got_some());
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
  auto due = session_ != nullptr ? session_->next_deadline() : Clock::time_point::max();
  if (socket_->handshaking()) due = std::min(due, read_since_ + limits.header_timeout);
  if (output_.blocked()) due = std::min(due, write_since_ + limits.write_timeout);
  for (const auto* request : pipeline_) {
    if (!request->answered) due = std::min(due, request->deadline);
  }
  if (state_ == State::closing && !upload_.active) return due;
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
  if (session_ != nullptr) {
    session_->on_timer(now);
    return queue_advance();
  }
  for (auto*& request : pipeline_) {
    if (!request->answered && now >= request->deadline) {
      answer_in_place_of(request, 504, "The handler did not answer within the route's timeout.");
    }
  }
  if (state_ != State::open && !upload_.active) return;
  if (is_idle()) return enter_lingering();
  if (!waits_for_client() || now < read_since_ + read_patience()) return;
  if (upload_.active) {
    return fail_upload(408, "The request body did not arrive in time (limits.body_timeout).");
  }
  refuse(408, reading_body_ ? "The request body did not arrive in time (limits.body_timeout)."
                            : "The request head did not arrive in time (limits.header_timeout).");
}

}  // namespace plughost::net
