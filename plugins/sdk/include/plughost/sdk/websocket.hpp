// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <plughost/abi/abi.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <plughost/sdk/host.hpp>
#include <plughost/sdk/text.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plughost::sdk {

/// One WebSocket connection, to send on. A handle: copy it freely, keep it as long as you like.
///
/// Owner:   the host; once the connection is over every call answers PH_E_STALE.
/// Threads: every member on any thread; messages of several threads are not mixed.
/// Errors:  PH_OK: it will be sent. PH_BACKPRESSURE: it will too, but wait for on_writable now.
///          PH_E_BUSY: dropped, because nobody waited. PH_E_CANCELLED: the connection is closing.
///          PH_E_INVALID: text that is not UTF-8.
class WebSocket final {
 public:
  WebSocket(const ph_host* host, const ph_websocket_api* api, ph_websocket id) noexcept
      : host_(host), api_(api), id_(id) {}

  ph_status send_text(std::string text) const { return send(api_->send_text, std::move(text)); }
  ph_status send_binary(std::string bytes) const {
    return send(api_->send_binary, std::move(bytes));
  }
  /// Copies: the bytes are needed only until it returns.
  ph_status send_text_view(std::string_view text) const noexcept {
    return api_->send_text(host_, id_, {text.data(), text.size()}, nullptr, nullptr);
  }
  ph_status send_binary_view(std::string_view bytes) const noexcept {
    return api_->send_binary(host_, id_, {bytes.data(), bytes.size()}, nullptr, nullptr);
  }

  /// At most 125 bytes. The host pings silent clients by itself.
  ph_status ping(std::string_view payload = {}) const noexcept {
    return api_->ping(host_, id_, {payload.data(), payload.size()});
  }
  /// Closes behind what was sent; on_close follows. Codes: PH_WS_*, or 3000 to 4999.
  ph_status close(unsigned code = PH_WS_NORMAL, std::string_view reason = {}) const noexcept {
    return api_->close(host_, id_, code, to_abi(reason));
  }

  /// No more messages until resume_reading: this end is behind. The host then holds the client
  /// back. PH_E_UNSUPPORTED: the host is older than that.
  ph_status pause_reading() const noexcept {
    return PH_HAS(api_, pause_reading) ? api_->pause_reading(host_, id_) : PH_E_UNSUPPORTED;
  }
  ph_status resume_reading() const noexcept {
    return PH_HAS(api_, resume_reading) ? api_->resume_reading(host_, id_) : PH_E_UNSUPPORTED;
  }

  /// Names the connection among all that are open, in a map or a set.
  ph_websocket id() const noexcept { return id_; }
  friend bool operator==(const WebSocket& a, const WebSocket& b) noexcept { return a.id_ == b.id_; }
  friend bool operator!=(const WebSocket& a, const WebSocket& b) noexcept { return a.id_ != b.id_; }

 private:
  // Below this a copy is cheaper than an allocation and a release.
  static constexpr std::size_t kLendFromBytes = 4096;

  template <class Send>
  ph_status send(Send call, std::string bytes) const {
    if (bytes.size() < kLendFromBytes) {
      return call(host_, id_, {bytes.data(), bytes.size()}, nullptr, nullptr);
    }
    auto lent = std::make_unique<std::string>(std::move(bytes));
    const ph_buf view{lent->data(), lent->size()};
    const auto release = [](void* ctx) noexcept { delete static_cast<std::string*>(ctx); };
    return call(host_, id_, view, release, lent.release());
  }

  const ph_host* host_;
  const ph_websocket_api* api_;
  ph_websocket id_;
};

/// The plugin's side of one connection: derive from it and pass it to Request::upgrade.
///
/// Owner:   the connection; destroyed behind on_close, on any thread: the destructor neither blocks
///          nor calls the host.
/// Threads: one call at a time, in order; not always the same thread. Where they run is said by the
///          handler's Run: kExecutor may block, kNonblocking must return in microseconds.
/// Errors:  an exception closes the connection with 1011 and gives the log a line.
class WebSocketHandler {
 public:
  virtual ~WebSocketHandler() = default;

  virtual void on_open(WebSocket&) {}
  /// UTF-8; valid until it returns. Not overridden: the client is told that text is not taken.
  virtual void on_text(WebSocket& socket, std::string_view) {
    socket.close(kUnsupportedData, "text is not taken here");
  }
  /// Valid until it returns. Not overridden: the client is told that bytes are not taken.
  virtual void on_binary(WebSocket& socket, std::string_view) {
    socket.close(kUnsupportedData, "binary messages are not taken here");
  }
  /// There is room again after a PH_BACKPRESSURE.
  virtual void on_writable(WebSocket&) {}
  /// Nothing follows. code: PH_WS_*, or the client's own.
  virtual void on_close(WebSocket&, unsigned /*code*/, std::string_view /*reason*/) {}

 private:
  static constexpr unsigned kUnsupportedData = 1003;
};

/// What goes into the 101 answer, and how large a message may be.
struct UpgradeOptions {
  std::string subprotocol;  ///< one that Request::offers_subprotocol; empty: none
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::uint64_t max_message = 0;  ///< bytes; 0: limits.websocket_message
};

namespace detail {

/// True if a comma-separated list has that element.
inline bool lists(std::string_view list, std::string_view wanted) noexcept {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view one = list.substr(0, comma);
    list = comma == list.npos ? std::string_view() : list.substr(comma + 1);
    while (!one.empty() && (one.front() == ' ' || one.front() == '\t')) one.remove_prefix(1);
    while (!one.empty() && (one.back() == ' ' || one.back() == '\t')) one.remove_suffix(1);
    if (one == wanted) return true;
  }
  return false;
}

/// Behind ctx of the callbacks.
struct OpenWebSocket {
  Host host;
  const ph_websocket_api* api;
  std::unique_ptr<WebSocketHandler> handler;

  /// Runs call as a barrier that no exception passes.
  template <class Call>
  static void run(void* ctx, ph_websocket id, Call&& call) noexcept {
    const auto& self = *static_cast<OpenWebSocket*>(ctx);
    WebSocket socket(self.host.raw(), self.api, id);
    try {
      return call(*self.handler, socket);
    } catch (const std::exception& error) {
      self.host.log(Level::kError, error.what(), id);
    } catch (...) {
      self.host.log(Level::kError, "an exception of an unknown type", id);
    }
    socket.close(PH_WS_INTERNAL_ERROR);
  }
};

inline void on_open(void* ctx, ph_websocket id) noexcept {
  OpenWebSocket::run(ctx, id, [](WebSocketHandler& h, WebSocket& socket) { h.on_open(socket); });
}

inline void on_message(void* ctx, ph_websocket id, uint32_t kind, ph_buf message) noexcept {
  OpenWebSocket::run(ctx, id, [&](WebSocketHandler& h, WebSocket& socket) {
    if (kind == PH_WS_TEXT) h.on_text(socket, text(message));
    if (kind == PH_WS_BINARY) h.on_binary(socket, text(message));
  });
}

inline void on_writable(void* ctx, ph_websocket id) noexcept {
  OpenWebSocket::run(ctx, id,
                     [](WebSocketHandler& h, WebSocket& socket) { h.on_writable(socket); });
}

inline void on_close(void* ctx, ph_websocket id, uint32_t code, ph_str reason) noexcept {
  OpenWebSocket::run(ctx, id, [&](WebSocketHandler& h, WebSocket& socket) {
    h.on_close(socket, code, text(reason));
  });
}

inline ph_status upgrade(const ph_host* host, ph_req token,
                         std::unique_ptr<WebSocketHandler> handler, const UpgradeOptions& options) {
  const auto* api = static_cast<const ph_websocket_api*>(host->get_extension(host, PH_WEBSOCKET_1));
  if (api == nullptr) return PH_E_UNSUPPORTED;

  std::vector<ph_header> headers;
  headers.reserve(options.headers.size());
  for (const auto& [name, value] : options.headers) {
    headers.push_back({to_abi(name), to_abi(value)});
  }
  ph_websocket_callbacks callbacks{};
  callbacks.size = sizeof callbacks;
  callbacks.subprotocol = to_abi(options.subprotocol);
  callbacks.headers = headers.data();
  callbacks.n_headers = headers.size();
  callbacks.max_message = options.max_message;
  callbacks.on_open = &on_open;
  callbacks.on_message = &on_message;
  callbacks.on_writable = &on_writable;
  callbacks.on_close = &on_close;
  callbacks.release = [](void* ctx) noexcept { delete static_cast<OpenWebSocket*>(ctx); };
  auto open = std::make_unique<OpenWebSocket>(OpenWebSocket{Host(host), api, std::move(handler)});
  callbacks.ctx = open.release();
  return host->http->upgrade(host, token, to_abi(PH_WEBSOCKET_1), &callbacks);
}

}  // namespace detail
}  // namespace plughost::sdk
