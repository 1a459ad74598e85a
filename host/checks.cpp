#include "checks.hpp"

#include "builtin/fixed_answer.hpp"
#include "builtin/redirect_target.hpp"
#include "routing/pattern.hpp"

namespace plughost {
namespace {

template <typename T>
std::string mistake_of(const Result<T>& result) {
  return result ? std::string() : result.error();
}

std::string check_pattern(std::string_view text) {
  return mistake_of(routing::Pattern::parse(text));
}

std::string check_redirect(std::string_view target, std::string_view pattern_text) {
  const auto pattern = routing::Pattern::parse(pattern_text);
  if (!pattern) return "";  // reported by its own check
  return mistake_of(builtin::RedirectTarget::parse(target, pattern.value()));
}

}  // namespace

config::Checks make_checks() { return {&check_pattern, &builtin::header_mistake, &check_redirect}; }

}  // namespace plughost
