#include "builtin/fixed_answer.hpp"

#include "config/quote.hpp"
#include "http/message.hpp"

namespace plughost::builtin {

FixedAnswer::FixedAnswer(dispatch::Responder& responder, const config::FixedAnswer& answer)
    : responder_(responder), status_(answer.status), body_(answer.body) {
  for (const auto& [name, value] : answer.headers) headers_.append(name, value);
}

void FixedAnswer::handle(dispatch::Request& request) noexcept {
  // Its memory circulates between the threads that answer and the request slots.
  thread_local http::HeaderLines lines;
  lines = headers_;
  const dispatch::Release nothing{[](void*) noexcept {}, nullptr};
  responder_.respond(request.token(), {status_, lines, body_, nothing});
}

std::string header_mistake(std::string_view name, std::string_view value) {
  using Verdict = http::HeaderLines::Verdict;
  http::HeaderLines lines;
  const Verdict verdict = lines.append(name, value);
  if (verdict == Verdict::bad_name) {
    return config::quote(name) + " is not the name of a header; write letters, digits and '-'";
  }
  if (verdict == Verdict::bad_value) {
    return "the value of " + config::quote(name) + " holds a control character; remove it";
  }
  if (verdict == Verdict::framing || lines.declared_length() != http::kUnknownLength) {
    return config::quote(name) + " is a header that only the host may write; remove it";
  }
  return "";
}

}  // namespace plughost::builtin
