#include "plugin/stream_services.hpp"

#include <string>
#include <string_view>

#include "base/log.hpp"
#include "plugin/answer_checks.hpp"
#include "plugin/host_services.hpp"

namespace plughost::plugin::stream {
namespace {

using dispatch::Notification;
using dispatch::Outcome;
using dispatch::Release;

dispatch::Responder& responder_of(const ph_host* host) {
  return HostServices::of(host).responder();
}

/// A notification without a function is refused; its release runs.
ph_status refuse_empty(const ph_host* host, ph_req token, ph_notify notify) {
  Release{notify.release, notify.ctx}.run();
  return unless_stale(host, token, PH_E_INVALID);
}

Notification to_notification(ph_notify notify) { return {notify.fn, {notify.release, notify.ctx}}; }

}  // namespace

ph_status start(const ph_host* host, ph_req token, uint32_t status, const ph_header* headers,
                size_t count) noexcept {
  thread_local http::HeaderLines lines;
  lines.clear();
  auto objection = objection_to_status(status);
  if (objection.empty()) objection = objection_to_headers(headers, count, lines);
  if (!objection.empty()) return refuse(host, token, "start()", objection);
  return to_status(responder_of(host).start(token, status, lines));
}

ph_status write(const ph_host* host, ph_req token, ph_buf bytes, ph_release_fn release,
                void* ctx) noexcept {
  if (bytes.ptr == nullptr && bytes.len > 0) {
    Release{release, ctx}.run();
    return refuse(host, token, "write()", "a length without bytes");
  }
  const std::string_view view(static_cast<const char*>(bytes.ptr), bytes.len);
  const auto outcome = responder_of(host).write(token, view, {release, ctx});
  if (outcome == Outcome::invalid) {
    return refuse(host, token, "write()",
                  "more bytes than the Content-Length that start() was given");
  }
  return to_status(outcome);
}

ph_status on_writable(const ph_host* host, ph_req token, ph_notify notify) noexcept {
  if (notify.fn == nullptr) return refuse_empty(host, token, notify);
  return to_status(responder_of(host).on_writable(token, to_notification(notify)));
}

ph_status finish(const ph_host* host, ph_req token, const ph_header* trailers,
                 size_t count) noexcept {
  http::HeaderLines lines;
  if (const auto objection = objection_to_trailers(trailers, count, lines); !objection.empty()) {
    return refuse(host, token, "finish()", objection);
  }
  auto& services = HostServices::of(host);
  const auto label = services.responder().label(token);
  const auto [outcome, missing] = services.responder().finish(token, lines);
  if (missing > 0 && label) {
    services.log(log::Level::error, 0,
                 "request " + label->request_id + " (" + label->pattern + "): finish() came " +
                     std::to_string(missing) +
                     " bytes before the Content-Length that start() was given; the client sees a "
                     "truncated answer");
  }
  return to_status(outcome);
}

ph_status read_body(const ph_host* host, ph_req token, size_t max, ph_buf* out) noexcept {
  if (out == nullptr || max == 0) return refuse(host, token, "read_body()", "no room to read into");
  std::string_view bytes;
  const auto outcome = responder_of(host).read_body(token, max, bytes);
  *out = {bytes.data(), bytes.size()};
  return to_status(outcome);
}

ph_status on_body(const ph_host* host, ph_req token, ph_notify notify) noexcept {
  if (notify.fn == nullptr) return refuse_empty(host, token, notify);
  return to_status(responder_of(host).on_body(token, to_notification(notify)));
}

}  // namespace plughost::plugin::stream
