#include <algorithm>

#include "dispatch/body_stream.hpp"
#include "dispatch/executor.hpp"
#include "dispatch/handler.hpp"
#include "dispatch/request_state.hpp"
#include "net/connection.hpp"
#include "net/cors_answers.hpp"
#include "net/forwarded_request.hpp"

// The reading half of Connection: bytes to requests, requests to handlers.
namespace plughost::net {

using dispatch::BodyStream;
using dispatch::RequestState;
using routing::MatchKind;

namespace {

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr int kReadsPerTurn = 4;  // then the other connections of this thread have their turn

bool usable_as_id(std::string_view id) {
  constexpr std::size_t kLongest = 128;
  return !id.empty() && id.size() <= kLongest &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

bool Connection::can_parse() const {
  if (session_ != nullptr) return state_ == State::open && session_->wants_input();
  if (may_upgrade_) return false;
  if (upload_.active) {
    return !upload_.paused && (state_ == State::open || state_ == State::closing);
  }
  return state_ == State::open && !last_read_ && !output_.blocked() &&
         pipeline_.size() < context_.shared.limits.pipeline_depth;
}

// Behind the last request that is served, bytes are read only to see the client leave.
bool Connection::can_receive() const {
  if (half_closed_) return false;
  return can_parse() || (state_ == State::open && (last_read_ || waits_for_upgrade()));
}

// What follows a handshake is kept until its answer tells what it is.
bool Connection::waits_for_upgrade() const { return may_upgrade_ && input_.size() < kReadBytes; }

bool Connection::wants_read_again() const {
  return unread_ && (can_receive() || state_ == State::lingering);
}

void Connection::read_some(bool saw_end) {
  static thread_local char buffer[kReadBytes];
  if (socket_->handshaking()) idle_since_ = context_.now;
  for (int turn = 0; turn < kReadsPerTurn && can_receive(); ++turn) {
    const auto got = socket_->receive(buffer, sizeof buffer);
    if (got.status == Socket::Status::ok) {
      if (!last_read_) consume({buffer, got.bytes});
      // Edge-triggered: a short read emptied the socket, unless the same edge carried its end.
      if (got.more || saw_end) continue;
      unread_ = false;
      return;
    }
    unread_ = false;
    if (got.status == Socket::Status::blocked) return;
    if (got.status == Socket::Status::refused) return enter_lingering();
    return got.status == Socket::Status::closed ? peer_closed() : die();
  }
}

void Connection::drop_input() {
  static thread_local char buffer[kReadBytes];
  for (int turn = 0; turn < kReadsPerTurn; ++turn) {
    const auto got = socket_->receive(buffer, sizeof buffer);
    if (got.status == Socket::Status::ok) continue;
    unread_ = false;
    if (got.status != Socket::Status::blocked) die();
    return;
  }
}

void Connection::consume(std::string_view bytes) {
  if (input_.empty()) {
    const auto used = parse(bytes);
    if (alive() && !last_read_ && used < bytes.size()) input_.assign(bytes.substr(used));
    return;
  }
  std::string joined = std::move(input_);
  input_.clear();
  joined += bytes;
  const auto used = parse(joined);
  if (!alive() || last_read_ || used == joined.size()) return;
  joined.erase(0, used);
  input_ = std::move(joined);
}

std::size_t Connection::parse(std::string_view bytes) {
  if (session_ != nullptr) return session_->read(bytes);
  std::size_t used = 0;
  while (can_parse()) {
    if (current_ == nullptr && !upload_.active) {
      if (used == bytes.size()) break;
      if (!start_request()) break;
    }
    const bool had_some = parser_.got_some();
    const auto progress = parser_.feed(bytes.substr(used));
    used += progress.consumed;
    if (!had_some || (reading_body_ && progress.consumed > 0)) read_since_ = context_.now;
    if (upload_.active) {
      if (!take_upload(progress)) break;
      continue;
    }
    if (progress.status == http::ParseStatus::refused) {
      const auto refusal = parser_.refusal();
      refuse(refusal.status, refusal.detail);
      break;
    }
    if (progress.status == http::ParseStatus::head_complete) {
      if (!head_complete(bytes.size() - used)) break;
      continue;
    }
    if (reading_body_ && !current_->body_reservation.grow_to(context_.shared.body_budget,
                                                             current_->message.body.size())) {
      refuse(503, "The server holds as many request bodies as it may (limits.buffered_bytes).");
      break;
    }
    if (progress.status == http::ParseStatus::need_more) break;
    request_complete();
  }
  return used;
}

bool Connection::start_request() {
  current_ = context_.requests.acquire();
  if (current_ == nullptr) {
    die();
    return false;
  }
  current_->sink = this;
  current_->client = client_;
  current_->server = server_;
  current_->encrypted = socket_->encrypts();
  current_->table = context_.table;
  parser_.start(current_->message);
  return true;
}

/// behind: how many bytes have arrived behind the head.
bool Connection::head_complete(std::size_t behind) {
  auto& request = *current_;
  const auto& message = request.message;
  const auto client_id = message.header("x-request-id");
  if (usable_as_id(client_id)) {
    request.request_id.assign(client_id);
  } else {
    context_.ids.make(request.request_id);
  }
  if (client_is_trusted_) apply_forwarded(*context_.shared.proxies, request);
  if (request.table != context_.table) request.table = context_.table;  // changed since its start
  request.table->match(message.method, message.host, message.raw_path, request.match);
  if (message.method == "OPTIONS") match_preflight(request);

  const auto limit = body_limit(request);
  parser_.set_body_limit(limit);
  const bool has_body = message.chunked || (message.content_length != 0 &&
                                            message.content_length != http::kUnknownLength);
  if (!has_body) return true;
  reading_body_ = true;
  read_since_ = context_.now;
  const bool too_large = !message.chunked && message.content_length > limit;
  if (too_large) return true;  // the parser refuses it at its next feed
  if (message.expects_continue && request.match.kind != MatchKind::found) {
    last_read_ = true;  // the body will not be read, so nothing behind it can be
    reading_body_ = false;
    pipeline_.push_back(std::exchange(current_, nullptr));
    answer_from_table(request);
    return false;
  }
  const bool is_there = !message.chunked && message.content_length <= behind;
  if (!is_there && request.match.kind == MatchKind::found &&
      request.match.route->handler->streams_body()) {
    return begin_upload();
  }
  if (!message.chunked &&
      !request.body_reservation.grow_to(context_.shared.body_budget, message.content_length)) {
    refuse(503, "The server holds as many request bodies as it may (limits.buffered_bytes).");
    return false;
  }
  owes_continue_ = message.expects_continue;
  if (owes_continue_) queue_advance();
  return true;
}

std::uint64_t Connection::body_limit(const Request& request) const {
  const auto* route = request.match.route;
  const auto limit = context_.shared.limits.body;
  return route == nullptr ? limit : route->body_limit.value_or(limit);
}

void Connection::request_complete() {
  auto& request = *std::exchange(current_, nullptr);
  owes_continue_ = false;
  reading_body_ = false;
  may_upgrade_ = request.message.asks_for_websocket && request.match.kind == MatchKind::found;
  last_read_ = !request.message.keep_alive && !may_upgrade_;
  pipeline_.push_back(&request);
  if (request.match.kind != MatchKind::found) return answer_from_table(request);
  if (request.match.route->handler->streams_body()) {
    request.body_stream = std::make_unique<BodyStream>(request, BodyStream::Whole{});
  }
  dispatch_to_handler(request);
}

void Connection::dispatch_to_handler(Request& request) {
  const auto& route = *request.match.route;
  request.received = context_.now;
  if (route.timeout.count() > 0) request.deadline = context_.now + route.timeout;
  if (!request.assign(*route.handler, route.max_in_flight)) {
    if (upload_.request == &request) upload_.request = nullptr;  // nobody pulls its body
    return answer_here(request, 503,
                       "This route serves as many requests at once as it may (max_in_flight).");
  }
  dispatch::dispatch(request, context_.shared.executor, context_.shared.responder);
}

void Connection::refuse(unsigned status, std::string_view detail) {
  last_read_ = true;
  owes_continue_ = false;
  reading_body_ = false;
  auto& request = *std::exchange(current_, nullptr);
  if (request.request_id.empty()) context_.ids.make(request.request_id);
  pipeline_.push_back(&request);
  answer_here(request, status, detail);
}

void Connection::peer_closed() {
  half_closed_ = true;
  if (session_ != nullptr) session_->client_left();
  if (current_ != nullptr) {
    reading_body_ = false;
    owes_continue_ = false;
    input_.clear();  // the rest of a request that will never be whole
    context_.requests.recycle(*std::exchange(current_, nullptr));
  }
  if (upload_.active) {
    fail_upload(400, "The connection was closed before the end of the request body.");
  }
  for (auto* request : pipeline_) {
    if (!request->ended) RequestState::hint_cancelled(*request);
  }
  if (output_.streaming() != nullptr) RequestState::hint_cancelled(*output_.streaming());
  queue_advance();
}

}  // namespace plughost::net
