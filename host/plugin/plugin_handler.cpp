#include "plugin/plugin_handler.hpp"

#include <string_view>

#include "base/log.hpp"
#include "plugin/abi_text.hpp"
#include "plugin/request_head.hpp"

namespace plughost::plugin {
namespace {

/// Counts a thread that may still be in the plugin's code although its request is over.
class Inside final {
 public:
  explicit Inside(std::atomic<std::uint32_t>& count) : count_(count) {
    count_.fetch_add(1, std::memory_order_relaxed);
  }
  ~Inside() { count_.fetch_sub(1, std::memory_order_release); }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  std::atomic<std::uint32_t>& count_;
};

unsigned default_status(ph_status status) {
  switch (status) {
    case PH_E_INVALID:
      return 400;
    case PH_E_BUSY:
    case PH_E_UNAVAILABLE:
      return 503;
    case PH_E_UNSUPPORTED:
      return 501;
    default:
      return 500;
  }
}

bool is_error_status(unsigned status) { return status >= 400 && status <= 599; }
bool is_client_error(unsigned status) { return status >= 400 && status <= 499; }

}  // namespace

unsigned http_status_of(ph_status status, const ph_error& error) {
  return is_error_status(error.http_status) ? error.http_status : default_status(status);
}

PluginHandler::PluginHandler(HostServices& services, const config::Route& settings,
                             const routing::Route& route, dispatch::Strand* strand)
    : services_(services), route_(settings, route), strand_(strand) {
  bound.size = sizeof bound;
}

void PluginHandler::handle(dispatch::Request& request) noexcept {
  const Inside inside(threads_inside_);
  const auto token = request.token();
  if (services_.is_quarantined()) {
    services_.responder().respond_problem(token, 503, "What serves this route is out of service.");
    return;
  }
  auto error = empty_error();
  const auto& head = make_request_head(request);
  const auto status = bound.handle(bound.ctx, token, &head, &error);
  if (status != PH_OK) refuse(token, status, error);
}

void PluginHandler::refuse(dispatch::Token token, ph_status status,
                           const ph_error& error) noexcept {
  const auto http_status = http_status_of(status, error);
  const bool has_reason = error.msg[0] != '\0';
  const auto reason = has_reason ? explain(status, error) : std::string();
  const auto label = http_status == 500 ? services_.responder().label(token) : std::nullopt;
  const auto detail = is_client_error(http_status) ? std::string_view(reason) : "";
  auto outcome = services_.responder().respond_problem(token, http_status, detail);
  const bool had_started = outcome == dispatch::Outcome::state;
  if (had_started) outcome = services_.responder().truncate(token);

  const auto returned =
      "handle() returned " + status_name(status) + (has_reason ? ": " : "") + reason;
  if (outcome == dispatch::Outcome::stale || had_started) {
    log(log::Level::error, returned +
                               " after it had answered the request; only a handle() that "
                               "returns PH_OK may answer");
  } else if (http_status == 500) {
    log(log::Level::error, (label ? "request " + label->request_id + ": " : "") + returned);
  }
}

void PluginHandler::log(log::Level level, const std::string& text) const noexcept {
  services_.log(level, 0,
                "route " + route_.pattern() + ", handler '" + route_.handler() + "': " + text);
}

}  // namespace plughost::plugin
