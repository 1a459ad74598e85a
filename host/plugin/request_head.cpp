#include "plugin/request_head.hpp"

#include <chrono>
#include <new>

#include "dispatch/body_stream.hpp"
#include "plugin/abi_text.hpp"

namespace plughost::plugin {
namespace {

std::uint64_t to_nanoseconds(dispatch::Clock::time_point time) {
  const auto since_boot = time.time_since_epoch();  // steady_clock is CLOCK_MONOTONIC
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(since_boot).count());
}

void set_message(ph_req_head& head, const http::RequestMessage& message) {
  head.method = to_abi(message.method);
  head.http_version = to_abi(message.minor_version == 0 ? "1.0" : "1.1");
  head.host = to_abi(message.host);
  head.raw_target = to_abi(message.target);
  head.raw_path = to_abi(message.raw_path);
  head.path = to_abi(message.path);
  head.query = to_abi(message.query);
  head.content_length = message.content_length;
  head.traceparent = to_abi(message.header("traceparent"));
}

void set_ends(ph_req_head& head, const dispatch::Request& request) {
  const auto own_scheme = request.encrypted ? "https" : "http";
  head.scheme = to_abi(request.forwarded_scheme.empty() ? own_scheme : request.forwarded_scheme);
  if (request.encrypted) head.flags |= PH_RF_TLS;
  if (request.client) {
    head.client_addr = to_abi(request.client->text);
    head.client_port = request.client->port;
  }
  if (request.server) {
    head.server_addr = to_abi(request.server->text);
    head.server_port = request.server->port;
  }
}

ph_header* set_headers(ph_req_head& head, const http::RequestMessage& message, ph_header* next) {
  head.headers = next;
  head.n_headers = message.headers.size();
  for (const auto& field : message.headers) *next++ = {to_abi(field.name), to_abi(field.value)};
  return next;
}

void set_params(ph_req_head& head, const routing::Match& match, ph_header* next) {
  const auto& names = match.route->pattern.parameters();
  head.params = next;
  head.n_params = match.params.size();
  for (std::size_t i = 0; i < match.params.size(); ++i) {
    *next++ = {to_abi(names[i]), to_abi(match.params[i])};
  }
}

}  // namespace

const ph_req_head& make_request_head(dispatch::Request& request) {
  static_assert(sizeof(ph_req_head) % alignof(ph_header) == 0);
  const auto pairs = request.message.headers.size() + request.match.params.size();
  void* memory = request.scratch(sizeof(ph_req_head) + pairs * sizeof(ph_header));
  auto& head = *new (memory) ph_req_head{};
  head.size = sizeof head;
  set_message(head, request.message);
  if (request.body_stream == nullptr || request.body_stream->was_whole()) {
    head.flags = PH_RF_BODY_COMPLETE;
    head.body = {request.message.body.data(), request.message.body.size()};
  }
  set_ends(head, request);
  head.mount = to_abi(request.match.route->pattern.mount());
  head.route = to_abi(request.match.route->pattern.text());
  const bool is_bounded = request.deadline != dispatch::Clock::time_point::max();
  head.deadline_ns = is_bounded ? to_nanoseconds(request.deadline) : 0;
  head.received_ns = to_nanoseconds(request.received);
  head.request_id = to_abi(request.request_id);
  auto* next = reinterpret_cast<ph_header*>(&head + 1);
  next = set_headers(head, request.message, next);
  set_params(head, request.match, next);
  return head;
}

}  // namespace plughost::plugin
