#include "plugin/answer_checks.hpp"

#include <string_view>

#include "base/log.hpp"
#include "http/message.hpp"
#include "plugin/abi_text.hpp"
#include "plugin/host_services.hpp"

namespace plughost::plugin {
namespace {

using dispatch::Outcome;
using http::HeaderLines;

std::string_view verdict_text(HeaderLines::Verdict verdict) {
  switch (verdict) {
    case HeaderLines::Verdict::bad_name:
      return "a name that is no token";
    case HeaderLines::Verdict::bad_value:
      return "a control character in its value";
    case HeaderLines::Verdict::framing:
      return "a meaning that only the host may give it";
    case HeaderLines::Verdict::accepted:
      break;
  }
  return "nothing wrong";
}

std::string objection_to_line(const char* kind, std::string_view name,
                              HeaderLines::Verdict verdict) {
  if (verdict == HeaderLines::Verdict::accepted) return {};
  return kind + (" '" + std::string(name)) + "' has " + std::string(verdict_text(verdict));
}

}  // namespace

ph_status to_status(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::ok:
      return PH_OK;
    case Outcome::pending:
      return PH_PENDING;
    case Outcome::backpressure:
      return PH_BACKPRESSURE;
    case Outcome::invalid:
      return PH_E_INVALID;
    case Outcome::busy:
      return PH_E_BUSY;
    case Outcome::cancelled:
      return PH_E_CANCELLED;
    case Outcome::stale:
      return PH_E_STALE;
    case Outcome::state:
      break;
  }
  return PH_E_STATE;
}

ph_status unless_stale(const ph_host* host, ph_req token, ph_status status) {
  return HostServices::of(host).responder().label(token) ? status : PH_E_STALE;
}

ph_status refuse(const ph_host* host, ph_req token, const char* call,
                 const std::string& objection) {
  const auto status = unless_stale(host, token, PH_E_INVALID);
  if (status == PH_E_INVALID) {
    HostServices::of(host).log(log::Level::warn, token, call + (" is refused: " + objection));
  }
  return status;
}

std::string objection_to_status(uint32_t status) {
  if (status >= 200 && status <= 599) return {};
  return "status " + std::to_string(status) + " is not 200 to 599";
}

std::string objection_to_headers(const ph_header* headers, size_t count, HeaderLines& lines) {
  if (count > 0 && headers == nullptr) return "n_headers without headers";
  for (size_t i = 0; i < count; ++i) {
    const auto name = to_view(headers[i].name);
    const auto verdict = lines.append(name, to_view(headers[i].value));
    if (auto objection = objection_to_line("header", name, verdict); !objection.empty()) {
      return objection;
    }
  }
  return {};
}

std::string objection_to_trailers(const ph_header* fields, size_t count, HeaderLines& lines) {
  if (count > 0 && fields == nullptr) return "n without trailers";
  for (size_t i = 0; i < count; ++i) {
    const auto name = to_view(fields[i].name);
    const auto verdict = http::append_trailer(lines, name, to_view(fields[i].value));
    if (auto objection = objection_to_line("trailer", name, verdict); !objection.empty()) {
      return objection;
    }
  }
  return {};
}

std::string objection_to_length(const HeaderLines& lines, uint64_t length) {
  const auto declared = lines.declared_length();
  if (declared == http::kUnknownLength || declared == length) return {};
  return "Content-Length says " + std::to_string(declared) + ", the body has " +
         std::to_string(length) + " bytes";
}

}  // namespace plughost::plugin
