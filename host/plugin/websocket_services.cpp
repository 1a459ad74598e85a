#include "plugin/websocket_services.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "dispatch/websocket.hpp"
#include "http/utf8.hpp"
#include "http/websocket_handshake.hpp"
#include "plugin/abi_text.hpp"
#include "plugin/answer_checks.hpp"
#include "plugin/host_services.hpp"

namespace plughost::plugin {
namespace {

using dispatch::Release;
namespace websocket = http::websocket;

/// The callbacks a plugin gave; its release runs when nobody can call them any more.
class PluginListener final : public dispatch::WebSocketListener {
 public:
  explicit PluginListener(const ph_websocket_callbacks& given) : given_(given) {}
  ~PluginListener() override { Release{given_.release, given_.ctx}.run(); }

  void opened(dispatch::Token token) noexcept override {
    if (given_.on_open != nullptr) given_.on_open(given_.ctx, token);
  }
  void message(dispatch::Token token, bool is_text, std::string_view bytes) noexcept override {
    given_.on_message(given_.ctx, token, is_text ? PH_WS_TEXT : PH_WS_BINARY,
                      {bytes.data(), bytes.size()});
  }
  void writable(dispatch::Token token) noexcept override {
    if (given_.on_writable != nullptr) given_.on_writable(given_.ctx, token);
  }
  void closed(dispatch::Token token, std::uint16_t code,
              std::string_view reason) noexcept override {
    if (given_.on_close != nullptr) given_.on_close(given_.ctx, token, code, to_abi(reason));
  }

 private:
  const ph_websocket_callbacks given_;
};

bool is_complete(const ph_websocket_callbacks* callbacks) {
  return callbacks != nullptr && PH_HAS(callbacks, release);
}

/// Empty: there is none. lines then holds the headers.
std::string objection_to(const ph_websocket_callbacks& given, http::HeaderLines& lines) {
  if (given.on_message == nullptr) return "ph_websocket_callbacks has no on_message";
  auto objection = objection_to_headers(given.headers, given.n_headers, lines);
  for (std::size_t i = 0; objection.empty() && i < given.n_headers; ++i) {
    const auto name = to_view(given.headers[i].name);
    if (websocket::is_handshake_field(name)) {
      objection = "header '" + std::string(name) + "' is the host's to write";
    }
  }
  return objection;
}

bool is_view(ph_buf bytes) { return bytes.ptr != nullptr || bytes.len == 0; }

std::string_view to_view(ph_buf bytes) { return {static_cast<const char*>(bytes.ptr), bytes.len}; }

ph_status send(const ph_host* host, ph_websocket token, bool is_text, ph_buf bytes,
               Release release) {
  auto& responder = HostServices::of(host).responder();
  const bool valid = is_view(bytes) && (!is_text || http::is_utf8(to_view(bytes)));
  if (valid) return to_status(responder.send(token, is_text, to_view(bytes), release));
  release.run();
  return refuse(host, token, is_text ? "send_text()" : "send_binary()",
                is_view(bytes) ? "the text is not UTF-8" : "a length without bytes");
}

ph_status send_text(const ph_host* host, ph_websocket token, ph_buf bytes, ph_release_fn release,
                    void* ctx) noexcept {
  return send(host, token, true, bytes, {release, ctx});
}

ph_status send_binary(const ph_host* host, ph_websocket token, ph_buf bytes, ph_release_fn release,
                      void* ctx) noexcept {
  return send(host, token, false, bytes, {release, ctx});
}

ph_status ping(const ph_host* host, ph_websocket token, ph_buf payload) noexcept {
  if (!is_view(payload) || payload.len > websocket::kControlPayload) {
    return refuse(host, token, "ping()", "the payload is longer than 125 bytes");
  }
  return to_status(HostServices::of(host).responder().ping(token, to_view(payload)));
}

ph_status close(const ph_host* host, ph_websocket token, uint32_t code, ph_str reason) noexcept {
  const auto text = plugin::to_view(reason);
  if (!websocket::is_wire_close_code(code)) {
    return refuse(host, token, "close()",
                  "code " + std::to_string(code) + " may not be sent in a Close frame");
  }
  if (text.size() > websocket::kControlPayload - 2 || !http::is_utf8(text)) {
    return refuse(host, token, "close()", "the reason is not UTF-8 of at most 123 bytes");
  }
  auto& responder = HostServices::of(host).responder();
  return to_status(responder.close(token, static_cast<std::uint16_t>(code), text));
}

ph_status pause_reading(const ph_host* host, ph_websocket token) noexcept {
  return to_status(HostServices::of(host).responder().pause_reading(token));
}

ph_status resume_reading(const ph_host* host, ph_websocket token) noexcept {
  return to_status(HostServices::of(host).responder().resume_reading(token));
}

}  // namespace

ph_status upgrade(const ph_host* host, ph_req token, ph_str protocol,
                  const void* callbacks) noexcept {
  if (plugin::to_view(protocol) != PH_WEBSOCKET_1) {
    return unless_stale(host, token, PH_E_UNSUPPORTED);
  }
  const auto* given = static_cast<const ph_websocket_callbacks*>(callbacks);
  if (!is_complete(given)) {
    return refuse(host, token, "upgrade()", "ph_websocket_callbacks is incomplete");
  }
  auto listener = std::make_unique<PluginListener>(*given);
  http::HeaderLines lines;
  if (const auto objection = objection_to(*given, lines); !objection.empty()) {
    return refuse(host, token, "upgrade()", objection);
  }
  const auto most = given->max_message == 0 ? UINT64_MAX : given->max_message;
  dispatch::UpgradeOrder order{std::move(listener), plugin::to_view(given->subprotocol), lines,
                               most};
  const auto outcome = HostServices::of(host).responder().upgrade(token, order);
  if (outcome != dispatch::Outcome::invalid) return to_status(outcome);
  return refuse(host, token, "upgrade()",
                "the client does not offer the subprotocol '" + std::string(order.protocol) + "'");
}

const ph_websocket_api& websocket_services() {
  static constexpr ph_websocket_api kTable{sizeof(ph_websocket_api),
                                           0,
                                           send_text,
                                           send_binary,
                                           ping,
                                           close,
                                           pause_reading,
                                           resume_reading};
  return kTable;
}

}  // namespace plughost::plugin
