#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/fake_host.hpp"

namespace plughost::test {

/// The host's side of ph.websocket/1, in memory: keeps what a plugin upgraded and what it sends.
///
/// Owner:   the test; one at a time, beside the FakeHost it adds to.
/// Threads: one.
class FakeWebSockets final {
 public:
  struct Connection {
    ph_websocket_callbacks callbacks{};
    std::string subprotocol;
    Lines headers;
    std::vector<std::string> sent;  // "text ...", "ping ...", "close 1000 ...", "pause", ...
    bool lent = false;              // the latest message was
  };

  explicit FakeWebSockets(FakeHost& host) {
    current_ = this;
    host.table().get_extension = [](const ph_host*, const char* id) noexcept -> const void* {
      return std::string_view(id) == PH_WEBSOCKET_1 ? &current_->api_ : nullptr;
    };
    host.http().upgrade = &upgrade;
    api_.size = sizeof api_;
    api_.send_text = &send<'t'>;
    api_.send_binary = &send<'b'>;
    api_.ping = [](const ph_host*, ph_websocket id, ph_buf payload) noexcept {
      return current_->note(id, "ping " + bytes_of(payload));
    };
    api_.close = [](const ph_host*, ph_websocket id, uint32_t code, ph_str reason) noexcept {
      return current_->note(id, "close " + std::to_string(code) + " " + copy_of(reason));
    };
    api_.pause_reading = [](const ph_host*, ph_websocket id) noexcept {
      return current_->note(id, "pause");
    };
    api_.resume_reading = [](const ph_host*, ph_websocket id) noexcept {
      return current_->note(id, "resume");
    };
  }
  ~FakeWebSockets() { current_ = nullptr; }
  FakeWebSockets(const FakeWebSockets&) = delete;
  FakeWebSockets& operator=(const FakeWebSockets&) = delete;

  /// As long as the api was before pause_reading.
  void be_older() { api_.size = offsetof(ph_websocket_api, pause_reading); }

  Connection& operator[](ph_websocket id) { return connections_.at(id); }
  std::size_t count() const { return connections_.size(); }
  /// What upgrade and the sends answer from now on.
  void answer_with(ph_status status) { status_ = status; }

  void open(ph_websocket id) { call(id).on_open(call(id).ctx, id); }
  void message(ph_websocket id, std::uint32_t kind, std::string_view bytes) {
    call(id).on_message(call(id).ctx, id, kind, {bytes.data(), bytes.size()});
  }
  void writable(ph_websocket id) { call(id).on_writable(call(id).ctx, id); }
  /// The end: on_close and release.
  void close(ph_websocket id, std::uint32_t code, std::string_view reason = {}) {
    call(id).on_close(call(id).ctx, id, code, view_of(reason));
    call(id).release(call(id).ctx);
  }

 private:
  static std::string bytes_of(ph_buf view) {
    return {static_cast<const char*>(view.ptr), view.len};
  }

  const ph_websocket_callbacks& call(ph_websocket id) { return connections_.at(id).callbacks; }

  static ph_status upgrade(const ph_host* host, ph_req token, ph_str protocol,
                           const void* callbacks) noexcept {
    const auto& given = *static_cast<const ph_websocket_callbacks*>(callbacks);
    ph_status status = current_->status_;
    if (copy_of(protocol) != PH_WEBSOCKET_1) status = PH_E_UNSUPPORTED;
    if (status == PH_OK) status = FakeHost::of(host).settle_as(token, 101);
    if (status != PH_OK) {
      given.release(given.ctx);
      return status;
    }
    Connection& connection = current_->connections_[token];
    connection.callbacks = given;
    connection.subprotocol = copy_of(given.subprotocol);
    for (std::size_t i = 0; i < given.n_headers; ++i) {
      connection.headers.emplace_back(copy_of(given.headers[i].name),
                                      copy_of(given.headers[i].value));
    }
    return PH_OK;
  }

  template <char Kind>
  static ph_status send(const ph_host*, ph_websocket id, ph_buf bytes, ph_release_fn release,
                        void* ctx) noexcept {
    const std::string text = (Kind == 't' ? "text " : "binary ") + bytes_of(bytes);
    if (release != nullptr) release(ctx);
    current_->connections_.at(id).lent = release != nullptr;
    return current_->note(id, text);
  }

  ph_status note(ph_websocket id, std::string what) {
    connections_.at(id).sent.push_back(std::move(what));
    return status_;
  }

  static inline FakeWebSockets* current_ = nullptr;
  std::map<ph_websocket, Connection> connections_;
  ph_status status_ = PH_OK;
  ph_websocket_api api_{};
};

}  // namespace plughost::test
