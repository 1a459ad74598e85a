#include "dispatch/body_stream.hpp"
#include "dispatch/request_state.hpp"
#include "dispatch/responder.hpp"
#include "dispatch/response_stream.hpp"
#include "http/content_encoder.hpp"
#include "http/websocket_handshake.hpp"

// The part of Responder for requests that become WebSocket connections.
namespace plughost::dispatch {
namespace {

using http::websocket::Handshake;
using Entry = RequestState::Entry;

std::uint32_t generation_of(Token token) { return static_cast<std::uint32_t>(token); }

/// Makes the connection of a request whose stream was begun.
void accept(Request& request, UpgradeOrder& order, const Handshake& handshake) {
  if (request.body_stream != nullptr) request.body_stream->close();
  auto& answer = request.answer;
  answer.status = 101;
  http::websocket::write_acceptance(answer.copied_body, handshake, order.protocol, order.headers);
  request.response_stream =
      std::make_unique<ResponseStream>(request, http::Framing::upgraded, http::kUnknownLength);
  request.websocket = std::make_unique<WebSocket>(
      request, std::move(order.listener), WebSocketTerms{handshake.deflate, order.max_message});
}

}  // namespace

Outcome Responder::upgrade(Token token, UpgradeOrder& order) noexcept {
  auto* request = find(token);
  const auto entry =
      request == nullptr ? Entry::stale : RequestState::enter(*request, generation_of(token));
  if (entry == Entry::cancelled) return respond_problem(token, 503, {});
  if (entry != Entry::entered) return entry == Entry::stale ? Outcome::stale : Outcome::state;
  const auto outcome = upgrade_entered(token, *request, order);
  RequestState::unpin(*request);
  return outcome;
}

Outcome Responder::upgrade_entered(Token token, Request& request, UpgradeOrder& order) noexcept {
  if (!request.message.asks_for_websocket) return Outcome::state;
  const auto [refusal, handshake] = http::websocket::judge_handshake(request.message);
  if (refusal) {
    const auto outcome = respond_problem(token, refusal->status, refusal->detail);
    return outcome == Outcome::ok ? Outcome::cancelled : outcome;
  }
  if (!order.protocol.empty() && !handshake.offers(order.protocol)) return Outcome::invalid;
  const auto entry = RequestState::begin_stream(request, generation_of(token));
  if (entry == Entry::cancelled) return respond_problem(token, 503, {});
  if (entry != Entry::entered) return entry == Entry::stale ? Outcome::stale : Outcome::state;
  accept(request, order, handshake);
  RequestState::publish_upgrade(request);
  request.post(Request::News::started);
  RequestState::unpin(request);
  return Outcome::ok;
}

template <typename Action>
Outcome Responder::with_websocket(Token token, Action action) const noexcept {
  auto* request = find(token);
  const auto entry = request == nullptr
                         ? Entry::stale
                         : RequestState::enter_upgraded(*request, generation_of(token));
  if (entry == Entry::cancelled) return Outcome::cancelled;
  if (entry != Entry::entered) return Outcome::stale;
  const auto outcome = action(*request->websocket);
  RequestState::unpin(*request);
  return outcome;
}

Outcome Responder::send(Token token, bool is_text, std::string_view bytes,
                        Release release) noexcept {
  const auto outcome = with_websocket(token, [&](WebSocket& socket) {
    return socket.send(is_text, bytes, std::exchange(release, {}));
  });
  release.run();
  return outcome;
}

Outcome Responder::ping(Token token, std::string_view payload) noexcept {
  return with_websocket(token, [&](WebSocket& socket) { return socket.ping(payload); });
}

Outcome Responder::close(Token token, std::uint16_t code, std::string_view reason) noexcept {
  return with_websocket(token, [&](WebSocket& socket) { return socket.close(code, reason); });
}

Outcome Responder::pause_reading(Token token) noexcept {
  return with_websocket(token, [](WebSocket& socket) { return socket.pause(); });
}

Outcome Responder::resume_reading(Token token) noexcept {
  return with_websocket(token, [](WebSocket& socket) { return socket.resume(); });
}

}  // namespace plughost::dispatch
