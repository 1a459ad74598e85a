#include "plugin/http_services.hpp"

#include <string>
#include <string_view>

#include "base/log.hpp"
#include "plugin/abi_text.hpp"
#include "plugin/host_services.hpp"

namespace plughost::plugin {
namespace {

using dispatch::Outcome;
using dispatch::Release;

ph_status to_status(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::ok:
      return PH_OK;
    case Outcome::cancelled:
      return PH_E_CANCELLED;
    case Outcome::stale:
      return PH_E_STALE;
    case Outcome::state:
      break;
  }
  return PH_E_STATE;
}

/// Says no to a call of a living request; a stale token is told apart first.
ph_status refuse(const ph_host* host, ph_req token, ph_status status) {
  return HostServices::of(host).responder().label(token) ? status : PH_E_STALE;
}

std::string_view verdict_text(http::HeaderLines::Verdict verdict) {
  switch (verdict) {
    case http::HeaderLines::Verdict::bad_name:
      return "a name that is no token";
    case http::HeaderLines::Verdict::bad_value:
      return "a control character in its value";
    case http::HeaderLines::Verdict::framing:
      return "a meaning that only the host may give it";
    case http::HeaderLines::Verdict::accepted:
      break;
  }
  return "nothing wrong";
}

/// Copies and checks the header lines. Empty: they are fine.
std::string collect(const ph_response& response, http::HeaderLines& lines) {
  if (response.n_headers > 0 && response.headers == nullptr) return "n_headers without headers";
  for (std::size_t i = 0; i < response.n_headers; ++i) {
    const auto name = to_view(response.headers[i].name);
    const auto verdict = lines.append(name, to_view(response.headers[i].value));
    if (verdict != http::HeaderLines::Verdict::accepted) {
      return "header '" + std::string(name) + "' has " + std::string(verdict_text(verdict));
    }
  }
  const auto declared = lines.declared_length();
  if (declared != http::kUnknownLength && declared != response.body.len) {
    return "Content-Length says " + std::to_string(declared) + ", the body has " +
           std::to_string(response.body.len) + " bytes";
  }
  return {};
}

/// Empty: the host can send it. lines then holds its headers.
std::string objection_to(const ph_response* response, http::HeaderLines& lines) {
  if (response == nullptr || !PH_HAS(response, release_ctx)) return "ph_response is incomplete";
  if (response->status < 200 || response->status > 599) {
    return "status " + std::to_string(response->status) + " is not 200 to 599";
  }
  if (response->body.len > 0 && response->body.ptr == nullptr) return "body without bytes";
  return collect(*response, lines);
}

Release release_of(const ph_response* response) {
  if (response == nullptr || !PH_HAS(response, release_ctx)) return {};
  return {response->release, response->release_ctx};
}

ph_status respond(const ph_host* host, ph_req token, const ph_response* response) noexcept {
  // Its memory circulates between the threads that answer and the request slots.
  thread_local http::HeaderLines lines;
  lines.clear();
  auto release = release_of(response);
  if (const auto objection = objection_to(response, lines); !objection.empty()) {
    release.run();
    const auto status = refuse(host, token, PH_E_INVALID);
    if (status == PH_E_INVALID) {
      HostServices::of(host).log(log::Level::warn, token, "respond() is refused: " + objection);
    }
    return status;
  }
  const std::string_view body(static_cast<const char*>(response->body.ptr), response->body.len);
  auto& responder = HostServices::of(host).responder();
  return to_status(responder.respond(token, {response->status, lines, body, release}));
}

ph_status abort(const ph_host* host, ph_req token, ph_str reason) noexcept {
  auto& services = HostServices::of(host);
  const auto label = services.responder().label(token);
  const auto outcome = services.responder().respond_problem(token, 500, "");
  if (label && outcome != Outcome::stale) {
    services.log(log::Level::error, 0,
                 "gave up request " + label->request_id + " (" + label->pattern +
                     "): " + std::string(to_view(reason)));
  }
  return to_status(outcome);
}

uint32_t is_cancelled(const ph_host* host, ph_req token) noexcept {
  return HostServices::of(host).responder().is_cancelled(token) ? 1 : 0;
}

ph_status on_cancel(const ph_host* host, ph_req token, ph_notify notify) noexcept {
  Release release{notify.release, notify.ctx};
  if (notify.fn == nullptr) {
    release.run();
    return refuse(host, token, PH_E_INVALID);
  }
  auto& responder = HostServices::of(host).responder();
  return to_status(responder.on_cancel(token, {notify.fn, release}));
}

// What minor 0 does not have yet. Whatever was lent goes back at once.

ph_status finish(const ph_host* host, ph_req token, const ph_header*, size_t) noexcept {
  return refuse(host, token, PH_E_UNSUPPORTED);
}

ph_status respond_file(const ph_host* host, ph_req token, const ph_response*, int32_t, uint64_t,
                       uint64_t, ph_release_fn release, void* ctx) noexcept {
  Release{release, ctx}.run();
  return refuse(host, token, PH_E_UNSUPPORTED);
}

ph_status upgrade(const ph_host* host, ph_req token, ph_str, const void*) noexcept {
  return refuse(host, token, PH_E_UNSUPPORTED);
}

ph_status start(const ph_host* host, ph_req token, uint32_t, const ph_header*, size_t) noexcept {
  return refuse(host, token, PH_E_UNSUPPORTED);
}

ph_status write(const ph_host* host, ph_req token, ph_buf, ph_release_fn release,
                void* ctx) noexcept {
  Release{release, ctx}.run();
  return refuse(host, token, PH_E_UNSUPPORTED);
}

ph_status read_body(const ph_host* host, ph_req token, size_t, ph_buf*) noexcept {
  return refuse(host, token, PH_E_UNSUPPORTED);
}

ph_status on_readiness(const ph_host* host, ph_req token, ph_notify notify) noexcept {
  Release{notify.release, notify.ctx}.run();
  return refuse(host, token, PH_E_UNSUPPORTED);
}

}  // namespace

const ph_http_api& http_services() {
  static constexpr ph_http_api kTable{sizeof(ph_http_api),
                                      0,
                                      respond,
                                      finish,
                                      abort,
                                      respond_file,
                                      upgrade,
                                      start,
                                      write,
                                      on_readiness,
                                      read_body,
                                      on_readiness,
                                      is_cancelled,
                                      on_cancel};
  return kTable;
}

}  // namespace plughost::plugin
