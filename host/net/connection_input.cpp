#include <algorithm>

#include "dispatch/executor.hpp"
#include "dispatch/request_state.hpp"
#include "http/problem.hpp"
#include "net/connection.hpp"

// The reading half of Connection: bytes to requests, requests to handlers.
namespace plughost::net {

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
  return state_ == State::open && !last_read_ && !output_.blocked() &&
         pipeline_.size() < context_.shared.limits.pipeline_depth;
}

// Behind the last request that is served, bytes are read only to see the client leave.
bool Connection::can_receive() const {
  return !half_closed_ && (can_parse() || (state_ == State::open && last_read_));
}

bool Connection::wants_read_again() const {
  return unread_ && (can_receive() || state_ == State::lingering);
}

void Connection::read_some(bool saw_end) {
  static thread_local char buffer[kReadBytes];
  if (socket_->handshaking()) idle_since_ = Clock::now();
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
  std::size_t used = 0;
  while (can_parse()) {
    if (current_ == nullptr) {
      if (used == bytes.size()) break;
      if (!start_request()) break;
    }
    const bool had_some = parser_.got_some();
    const auto progress = parser_.feed(bytes.substr(used));
    used += progress.consumed;
    if (!had_some || (reading_body_ && progress.consumed > 0)) read_since_ = Clock::now();
    if (progress.status == http::ParseStatus::refused) {
      const auto refusal = parser_.refusal();
      refuse(refusal.status, refusal.detail);
      break;
    }
    if (progress.status == http::ParseStatus::head_complete) {
      if (!head_complete()) break;
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
  current_->table = context_.shared.table;
  parser_.start(current_->message);
  return true;
}

bool Connection::head_complete() {
  auto& request = *current_;
  const auto& message = request.message;
  const auto client_id = message.header("x-request-id");
  if (usable_as_id(client_id)) {
    request.request_id.assign(client_id);
  } else {
    context_.ids.make(request.request_id);
  }
  request.table->match(message.method, message.raw_path, request.match);

  const auto limit = context_.shared.limits.body;
  parser_.set_body_limit(limit);
  const bool has_body = message.chunked || (message.content_length != 0 &&
                                            message.content_length != http::kUnknownLength);
  if (!has_body) return true;
  reading_body_ = true;
  read_since_ = Clock::now();
  const bool too_large = !message.chunked && message.content_length > limit;
  if (too_large) return true;  // the parser refuses it at its next feed
  if (message.expects_continue && request.match.kind != MatchKind::found) {
    last_read_ = true;  // the body will not be read, so nothing behind it can be
    reading_body_ = false;
    pipeline_.push_back(std::exchange(current_, nullptr));
    answer_from_table(request);
    return false;
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

void Connection::request_complete() {
  auto& request = *std::exchange(current_, nullptr);
  owes_continue_ = false;
  reading_body_ = false;
  last_read_ = !request.message.keep_alive;
  pipeline_.push_back(&request);
  if (request.match.kind != MatchKind::found) return answer_from_table(request);
  const auto& route = *request.match.route;
  if (route.timeout.count() > 0) request.deadline = Clock::now() + route.timeout;
  request.assign(*route.handler);
  dispatch::dispatch(request, context_.shared.executor, context_.shared.responder);
}

void Connection::answer_from_table(Request& request) {
  switch (request.match.kind) {
    case MatchKind::options:
      request.answer.status = 204;
      request.answer.headers.append("allow", request.match.allow);
      return answered(request);
    case MatchKind::method_not_allowed:
      return answer_here(request, 405, "This path does not take that method; see Allow.",
                         request.match.allow);
    case MatchKind::not_implemented:
      return answer_here(request, 501, "The server does not know that method.");
    case MatchKind::not_found:
    case MatchKind::found:
      break;
  }
  answer_here(request, 404, "No route matches this path.");
}

void Connection::answer_here(Request& request, unsigned status, std::string_view detail,
                             std::string_view allow) {
  auto& answer = request.answer;
  answer.status = status;
  answer.headers.append("content-type", http::kProblemType);
  if (!allow.empty()) answer.headers.append("allow", allow);
  if (status == 503) answer.headers.append("retry-after", "1");
  answer.copied_body =
      http::problem_body(status, detail, request.message.raw_path, request.request_id);
  answer.body = answer.copied_body;
  answered(request);
}

void Connection::answer_in_place_of(Request*& request, unsigned status, std::string_view detail) {
  auto* substitute = context_.requests.acquire();
  if (substitute == nullptr || !RequestState::detach(*request)) {
    // The handler's own answer is on its way.
    if (substitute != nullptr) context_.requests.recycle(*substitute);
    return;
  }
  const auto& from = request->message;
  auto& to = substitute->message;
  to.bytes.append(from.method).append(from.raw_path);
  to.method = std::string_view(to.bytes).substr(0, from.method.size());
  to.raw_path = std::string_view(to.bytes).substr(from.method.size());
  to.minor_version = from.minor_version;
  substitute->request_id = request->request_id;
  request->sink = nullptr;
  request = substitute;
  answer_here(*substitute, status, detail);
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
  if (current_ != nullptr) {
    reading_body_ = false;
    owes_continue_ = false;
    input_.clear();  // the rest of a request that will never be whole
    context_.requests.recycle(*std::exchange(current_, nullptr));
  }
  for (auto* request : pipeline_) {
    if (!request->answered) RequestState::hint_cancelled(*request);
  }
  queue_advance();
}

}  // namespace plughost::net
