#include "plugin/http_services.hpp"

#include <sys/stat.h>

#include <string>
#include <string_view>

#include "base/log.hpp"
#include "plugin/abi_text.hpp"
#include "plugin/answer_checks.hpp"
#include "plugin/host_services.hpp"
#include "plugin/stream_services.hpp"
#include "plugin/websocket_services.hpp"

namespace plughost::plugin {
namespace {

using dispatch::Outcome;
using dispatch::Release;

/// Its memory circulates between the threads that answer and the request slots.
http::HeaderLines& empty_lines() {
  thread_local http::HeaderLines lines;
  lines.clear();
  return lines;
}

/// Empty: the host can send it with a body of that length. lines then holds its headers.
std::string objection_to(const ph_response* response, uint64_t length, http::HeaderLines& lines) {
  auto objection = objection_to_status(response->status);
  if (objection.empty()) {
    objection = objection_to_headers(response->headers, response->n_headers, lines);
  }
  // A 304 may say how long the answer would have been (RFC 9110 section 8.6).
  if (!objection.empty() || (response->status == 304 && length == 0)) return objection;
  return objection_to_length(lines, length);
}

bool is_complete(const ph_response* response) {
  return response != nullptr && PH_HAS(response, release_ctx);
}

Release release_of(const ph_response* response) {
  if (!is_complete(response)) return {};
  return {response->release, response->release_ctx};
}

ph_status respond(const ph_host* host, ph_req token, const ph_response* response) noexcept {
  auto& lines = empty_lines();
  auto release = release_of(response);
  std::string objection;
  if (!is_complete(response)) {
    objection = "ph_response is incomplete";
  } else if (response->body.len > 0 && response->body.ptr == nullptr) {
    objection = "body without bytes";
  } else {
    objection = objection_to(response, response->body.len, lines);
  }
  if (!objection.empty()) {
    release.run();
    return refuse(host, token, "respond()", objection);
  }
  const std::string_view body(static_cast<const char*>(response->body.ptr), response->body.len);
  auto& responder = HostServices::of(host).responder();
  return to_status(responder.respond(token, {response->status, lines, body, release}));
}

/// Empty: so many bytes can be sent from there.
std::string objection_to_file(int32_t fd, uint64_t offset, uint64_t length) {
  struct stat file {};
  if (fd < 0 || ::fstat(fd, &file) != 0) return "the descriptor is not open";
  if (!S_ISREG(file.st_mode)) return "the descriptor is not one of a regular file";
  const auto size = static_cast<uint64_t>(file.st_size);
  if (offset <= size && length <= size - offset) return {};
  return "the file has " + std::to_string(size) + " bytes, not " + std::to_string(length) +
         " from " + std::to_string(offset) + " on";
}

ph_status respond_file(const ph_host* host, ph_req token, const ph_response* head, int32_t fd,
                       uint64_t offset, uint64_t length, ph_release_fn release,
                       void* ctx) noexcept {
  release_of(head).run();  // the body it could lend is not there
  Release file_release{release, ctx};
  auto& lines = empty_lines();
  std::string objection;
  if (!is_complete(head)) {
    objection = "ph_response is incomplete";
  } else if (head->body.len > 0) {
    objection = "the answer has a body beside the file";
  } else {
    objection = objection_to(head, length, lines);
  }
  if (objection.empty()) objection = objection_to_file(fd, offset, length);
  if (!objection.empty()) {
    file_release.run();
    return refuse(host, token, "respond_file()", objection);
  }
  auto& responder = HostServices::of(host).responder();
  return to_status(
      responder.respond(token, {head->status, lines, {}, file_release, {fd, offset, length}}));
}

ph_status abort(const ph_host* host, ph_req token, ph_str reason) noexcept {
  auto& services = HostServices::of(host);
  const auto label = services.responder().label(token);
  auto outcome = services.responder().truncate(token);
  if (outcome == Outcome::state) outcome = services.responder().respond_problem(token, 500, "");
  if (label && (outcome == Outcome::ok || outcome == Outcome::cancelled)) {
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
    return unless_stale(host, token, PH_E_INVALID);
  }
  auto& responder = HostServices::of(host).responder();
  return to_status(responder.on_cancel(token, {notify.fn, release}));
}

}  // namespace

const ph_http_api& http_services() {
  static constexpr ph_http_api kTable{sizeof(ph_http_api),
                                      0,
                                      respond,
                                      stream::finish,
                                      abort,
                                      respond_file,
                                      upgrade,
                                      stream::start,
                                      stream::write,
                                      stream::on_writable,
                                      stream::read_body,
                                      stream::on_body,
                                      is_cancelled,
                                      on_cancel};
  return kTable;
}

}  // namespace plughost::plugin
