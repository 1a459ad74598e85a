#include "net/cors_answers.hpp"

#include "http/cors.hpp"

namespace plughost::net {

using routing::MatchKind;

void match_preflight(dispatch::Request& request) {
  const auto& message = request.message;
  auto& match = request.match;
  if (match.kind == MatchKind::found && !match.route->methods.empty()) return;
  const auto method = message.header("access-control-request-method");
  if (method.empty() || message.header("origin").empty()) return;
  const auto* route = request.table->find(method, message.host, message.raw_path);
  if (route == nullptr || route->cors == nullptr) return;
  match.clear();
  match.kind = MatchKind::preflight;
  match.route = route;
}

void fill_preflight_answer(dispatch::Request& request) {
  const auto& message = request.message;
  request.answer.status = 204;
  request.match.route->cors->append_preflight_to(request.answer.headers, message.header("origin"),
                                                 message.header("access-control-request-method"),
                                                 message.header("access-control-request-headers"));
}

void append_cors(dispatch::Request& request) {
  request.match.route->cors->append_to(request.answer.headers, request.message.header("origin"));
}

}  // namespace plughost::net
