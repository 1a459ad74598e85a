#include "dispatch/body_stream.hpp"
#include "dispatch/request_state.hpp"
#include "dispatch/response_stream.hpp"
#include "http/problem.hpp"
#include "net/connection.hpp"
#include "net/cors_answers.hpp"

// The writing half of Connection: answers in request order.
namespace plughost::net {

using dispatch::RequestState;
using routing::MatchKind;

void Connection::delivered(Request& request) {
  if (request.body_stream != nullptr) upload_news(request);
  if (request.started) {
    if (context_.draining) RequestState::hint_cancelled(request);
    request.response_stream->notify_if_writable();
  }
  if (session_ != nullptr) session_->look();
  queue_advance();
}

void Connection::answered(Request& request) {
  request.answered = request.ended = true;
  queue_advance();
}

void Connection::fill_output() {
  while (state_ == State::open && !pipeline_.empty() && pipeline_.front()->answered &&
         output_.accepts()) {
    auto& request = *pipeline_.front();
    if (request.started && request.websocket != nullptr) return begin_session(request);
    const bool close = closes_after(request);
    const bool is_uploading = upload_.request == &request;
    const bool http_1_0 = request.message.minor_version == 0;
    const auto client_id = request.message.header("x-request-id");
    if (!client_id.empty()) request.answer.headers.append("x-request-id", client_id);
    if (has_cors(request)) append_cors(request);
    pipeline_.erase(pipeline_.begin());
    if (pipeline_.empty()) may_upgrade_ = false;
    output_.append(request, close      ? http::Persistence::close
                            : http_1_0 ? http::Persistence::keep_alive
                                       : http::Persistence::implied);
    if (!close) continue;
    state_ = State::closing;
    if (!is_uploading) forget_unread();
  }
  if (!continue_is_due()) return;
  owes_continue_ = false;
  read_since_ = context_.now;
  output_.append_raw(http::kContinue);
}

void Connection::begin_session(Request& request) {
  if (half_closed_) return die();
  pipeline_.clear();  // nothing behind it was read as a request
  may_upgrade_ = false;
  output_.upgrade(request);
  session_ = std::make_unique<WebSocketSession>(context_, request);
}

/// False: the connection is over.
bool Connection::write_some() {
  if (!output_.empty() && (is_its_turn_ || !output_.paused())) {
    const bool was_blocked = output_.blocked();
    // Asked first: the last frame may come at any time, and must be behind what is sent now.
    const bool is_last_turn = session_ != nullptr && session_->over();
    bool moved = false;
    const auto progress = output_.flush(*socket_, moved);
    if (session_ != nullptr && output_.empty()) return cut(), false;
    if (is_last_turn && progress == Output::Progress::waiting) return cut(), false;
    if (progress == Output::Progress::failed) return die(), false;
    if (progress == Output::Progress::truncated) return cut(), false;
    if (output_.blocked()) {
      if (moved || !was_blocked) write_since_ = context_.now;
    } else if (progress == Output::Progress::done || was_blocked) {
      idle_since_ = context_.now;
      // Reading was paused: the client may not be blamed for that time.
      if (was_blocked) read_since_ = idle_since_;
    }
  }
  const auto* stream = output_.streaming();
  if (context_.truncating && stream != nullptr && !stream->ended) return cut(), false;
  if (state_ != State::closing || !output_.empty() || upload_.active) return true;
  enter_lingering();
  return false;
}

bool Connection::closes_after(const Request& request) const {
  if (request.answer.headers.close() || !request.message.keep_alive) return true;
  if (request.started && request.response_stream->framing() == http::Framing::until_close) {
    return true;
  }
  if (pipeline_.size() > 1) return false;
  if (upload_forbids_reuse()) return true;
  if (last_read_) return true;
  if (!context_.draining || half_closed_ || !input_.empty() || upload_.active) return false;
  if (current_ != nullptr && parser_.got_some()) return false;
  return !socket_->has_input();  // a request that crossed the stop is still served
}

bool Connection::continue_is_due() const {
  if (!owes_continue_ || !output_.accepts()) return false;
  if (!upload_.active) return pipeline_.empty();
  return upload_.request != nullptr && !pipeline_.empty() && upload_.request == pipeline_.front() &&
         !upload_.request->answered && upload_.request->body_stream->is_wanted();
}

void Connection::answer_from_table(Request& request) {
  switch (request.match.kind) {
    case MatchKind::options:
      request.answer.status = 204;
      request.answer.headers.append("allow", request.match.allow);
      return answered(request);
    case MatchKind::preflight:
      fill_preflight_answer(request);
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
  if (substitute == nullptr || !RequestState::detach_unless_streaming(*request)) {
    // The handler's own answer is on its way.
    if (substitute != nullptr) context_.requests.recycle(*substitute);
    return;
  }
  substitute->message.copy_outline(request->message);
  substitute->table = request->table;
  substitute->match.kind = request->match.kind;
  substitute->match.route = request->match.route;
  substitute->request_id = request->request_id;
  if (upload_.request == request) upload_.request = nullptr;
  context_.requests.abandon(*request);
  request = substitute;
  answer_here(*substitute, status, detail);
}

}  // namespace plughost::net
