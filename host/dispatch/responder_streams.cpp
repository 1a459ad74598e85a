#include "dispatch/answer_encoding.hpp"
#include "dispatch/body_stream.hpp"
#include "dispatch/request_state.hpp"
#include "dispatch/responder.hpp"
#include "dispatch/response_stream.hpp"
#include "http/content_encoder.hpp"

// The streaming half of Responder: answers and bodies that come in pieces.
namespace plughost::dispatch {
namespace {

using Claim = RequestState::Claim;
using Entry = RequestState::Entry;

std::uint32_t generation_of(Token token) { return static_cast<std::uint32_t>(token); }

Outcome to_outcome(Entry entry) {
  if (entry == Entry::entered) return Outcome::ok;
  if (entry == Entry::cancelled) return Outcome::cancelled;
  return entry == Entry::stale ? Outcome::stale : Outcome::state;
}

Outcome to_outcome(Claim claim) {
  if (claim == Claim::won) return Outcome::ok;
  if (claim == Claim::cancelled) return Outcome::cancelled;
  return claim == Claim::stale ? Outcome::stale : Outcome::state;
}

Entry enter_stream(Request* request, Token token) {
  return request == nullptr ? Entry::stale
                            : RequestState::enter_stream(*request, generation_of(token));
}

/// entered: body_stream is there and may be used until unpin.
Entry enter_body(Request* request, Token token) {
  if (request == nullptr) return Entry::stale;
  const auto entry = RequestState::enter(*request, generation_of(token));
  if (entry != Entry::entered || request->body_stream != nullptr) return entry;
  RequestState::unpin(*request);
  return Entry::state;
}

}  // namespace

Outcome Responder::start(Token token, unsigned status, http::HeaderLines& headers) noexcept {
  auto* request = find(token);
  const auto entry = request == nullptr
                         ? Entry::stale
                         : RequestState::begin_stream(*request, generation_of(token));
  if (entry != Entry::entered) return to_outcome(entry);
  const auto& message = request->message;
  request->answer.status = status;
  request->answer.headers.swap(headers);
  const auto* route = request->match.route;
  std::unique_ptr<http::ContentEncoder> encoder;
  if (route != nullptr && route->compression != nullptr) encoder = begin_encoding(*request);
  const auto length = request->answer.headers.declared_length();
  const auto framing = http::framing_of(message.method, message.minor_version, status, length);
  request->response_stream =
      std::make_unique<ResponseStream>(*request, framing, length, std::move(encoder));
  request->post(Request::News::started);
  RequestState::publish_stream(*request);
  return Outcome::ok;
}

Outcome Responder::write(Token token, std::string_view bytes, Release release) noexcept {
  auto* request = find(token);
  const auto entry = enter_stream(request, token);
  if (entry != Entry::entered) {
    release.run();
    return to_outcome(entry);
  }
  const auto outcome = request->response_stream->write(bytes, release);
  RequestState::unpin(*request);
  return outcome;
}

Outcome Responder::on_writable(Token token, Notification notification) noexcept {
  auto* request = find(token);
  const auto entry = enter_stream(request, token);
  if (entry != Entry::entered) {
    notification.release.run();
    return to_outcome(entry);
  }
  const auto outcome = request->response_stream->on_writable(notification);
  RequestState::unpin(*request);
  return outcome;
}

Responder::Finish Responder::finish(Token token, const http::HeaderLines& trailers) noexcept {
  auto* request = find(token);
  const auto claim =
      request == nullptr ? Claim::stale : RequestState::claim(*request, generation_of(token), true);
  std::uint64_t missing = 0;
  if (claim == Claim::won) {
    auto& stream = *request->response_stream;
    const bool sends_trailers =
        stream.framing() == http::Framing::chunked && request->message.accepts_trailers();
    missing = stream.finish(sends_trailers ? trailers.lines() : std::string_view());
  }
  if (claim == Claim::won || claim == Claim::cancelled) post_terminal(*request);
  return {to_outcome(claim), missing};
}

Outcome Responder::truncate(Token token) noexcept {
  auto* request = find(token);
  const auto claim =
      request == nullptr ? Claim::stale : RequestState::claim(*request, generation_of(token), true);
  if (claim == Claim::won || claim == Claim::cancelled) post_terminal(*request);
  return to_outcome(claim);
}

Outcome Responder::read_body(Token token, std::size_t max, std::string_view& bytes) noexcept {
  auto* request = find(token);
  const auto entry = enter_body(request, token);
  if (entry != Entry::entered) return to_outcome(entry);
  const auto outcome = request->body_stream->read(max, bytes);
  RequestState::unpin(*request);
  return outcome;
}

Outcome Responder::on_body(Token token, Notification notification) noexcept {
  auto* request = find(token);
  const auto entry = enter_body(request, token);
  if (entry != Entry::entered) {
    notification.release.run();
    return to_outcome(entry);
  }
  const auto outcome = request->body_stream->on_readable(notification);
  RequestState::unpin(*request);
  return outcome;
}

}  // namespace plughost::dispatch
