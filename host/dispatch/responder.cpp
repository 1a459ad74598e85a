#include "dispatch/responder.hpp"

#include "dispatch/answer_encoding.hpp"
#include "dispatch/body_stream.hpp"
#include "dispatch/executor.hpp"
#include "dispatch/handler.hpp"
#include "dispatch/request_state.hpp"
#include "dispatch/response_stream.hpp"
#include "http/problem.hpp"
#include "http/websocket_handshake.hpp"

namespace plughost::dispatch {
namespace {

std::uint32_t generation_of(Token token) { return static_cast<std::uint32_t>(token); }

}  // namespace

void Responder::add_pool(RequestPool& pool) { pools_[pool.index()] = &pool; }

Request* Responder::find(Token token) const noexcept {
  auto* pool = pools_[token >> 56];
  return pool == nullptr ? nullptr : pool->find(static_cast<std::uint32_t>(token >> 32) & 0xFFFFFF);
}

Outcome Responder::respond(Token token, AnswerView view) noexcept {
  auto* request = find(token);
  const auto claim = request == nullptr ? RequestState::Claim::stale
                                        : RequestState::claim(*request, generation_of(token));
  if (claim != RequestState::Claim::won) view.release.run();
  if (claim == RequestState::Claim::stale) return Outcome::stale;
  if (claim == RequestState::Claim::state) return Outcome::state;
  if (claim == RequestState::Claim::won) {
    auto& answer = request->answer;
    answer.status = view.status;
    answer.headers.swap(view.headers);
    answer.release = view.release;
    answer.file = view.file;
    if (view.release.fn == nullptr) {
      answer.copied_body.assign(view.body);
      answer.body = answer.copied_body;
    } else {
      answer.body = view.body;
    }
    const auto* route = request->match.route;
    if (route != nullptr && route->compression != nullptr && encodes_later(*request)) {
      return Outcome::ok;
    }
  }
  post_terminal(*request);
  return claim == RequestState::Claim::won ? Outcome::ok : Outcome::cancelled;
}

Outcome Responder::respond_problem(Token token, unsigned status, std::string_view detail) noexcept {
  auto* request = find(token);
  if (request == nullptr || !RequestState::pin(*request, generation_of(token))) {
    return Outcome::stale;
  }
  const auto body =
      http::problem_body(status, detail, request->message.raw_path, request->request_id);
  RequestState::unpin(*request);
  http::HeaderLines headers;
  headers.append("content-type", http::kProblemType);
  if (status == 503) headers.append("retry-after", "1");
  if (status == 426) {
    headers.add_upgrade("websocket");
    headers.append("sec-websocket-version", http::websocket::kVersion);
  }
  return respond(token, {status, headers, body, {}});
}

/// True: the executor has it now.
bool Responder::encodes_later(Request& request) noexcept {
  switch (plan_encoding(request)) {
    case Encoding::none:
      return false;
    case Encoding::here:
      encode_answer(request);
      return false;
    case Encoding::on_executor:
      if (executor_ != nullptr && executor_->submit_answer(request)) return true;
      request.answer.coding = {};
      return false;
  }
  return false;
}

void Responder::encode_and_post(Request& request) noexcept {
  encode_answer(request);
  post_terminal(request);
}

void Responder::post_terminal(Request& request) noexcept {
  if (request.response_stream == nullptr && request.body_stream == nullptr) {
    return request.pool().mailbox().post(request);
  }
  if (request.response_stream != nullptr) request.response_stream->truncate();
  if (request.body_stream != nullptr) request.body_stream->close();
  request.post(Request::News::ended);
}

bool Responder::is_cancelled(Token token) const noexcept {
  const auto* request = find(token);
  return request == nullptr || RequestState::is_cancelled(*request, generation_of(token));
}

bool Responder::is_detached(Token token) const noexcept {
  const auto* request = find(token);
  return request == nullptr || RequestState::is_detached(*request, generation_of(token));
}

Outcome Responder::on_cancel(Token token, Notification callback) noexcept {
  auto* request = find(token);
  const auto result = request == nullptr
                          ? RequestState::Registration::stale
                          : RequestState::register_cancel(*request, generation_of(token), callback);
  if (result == RequestState::Registration::done) return Outcome::ok;
  callback.release.run();
  if (result == RequestState::Registration::cancelled) return Outcome::cancelled;
  return result == RequestState::Registration::stale ? Outcome::stale : Outcome::state;
}

std::optional<RequestLabel> Responder::label(Token token) const {
  auto* request = find(token);
  if (request == nullptr || !RequestState::pin(*request, generation_of(token))) return std::nullopt;
  RequestLabel label{request->request_id, {}, {}};
  if (request->match.route != nullptr) {
    label.plugin = request->match.route->plugin;
    label.pattern = request->match.route->pattern.text();
  }
  RequestState::unpin(*request);
  return label;
}

}  // namespace plughost::dispatch
