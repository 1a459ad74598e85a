#pragma once

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dispatch/executor.hpp"
#include "dispatch/handler.hpp"
#include "dispatch/responder.hpp"
#include "dispatch/response_stream.hpp"
#include "dispatch/websocket.hpp"
#include "support/fake_mailbox.hpp"
#include "unit/dispatch/printing.hpp"

namespace plughost::test {

using namespace plughost::dispatch;
using plughost::http::HeaderLines;

using Notes = std::vector<std::string>;

struct Recorder final : WebSocketListener {
  explicit Recorder(Notes& to) : notes(to) {}
  ~Recorder() override { notes.push_back("gone"); }

  void opened(Token) noexcept override { notes.push_back("open"); }
  void message(Token, bool is_text, std::string_view bytes) noexcept override {
    notes.push_back((is_text ? "text " : "binary ") + std::string(bytes));
  }
  void writable(Token) noexcept override { notes.push_back("writable"); }
  void closed(Token, std::uint16_t code, std::string_view reason) noexcept override {
    notes.push_back("close " + std::to_string(code) + " " + std::string(reason));
  }

  Notes& notes;
};

struct WebSocketHandler final : Handler {
  void handle(Request&) noexcept override {}
  bool nonblocking() const noexcept override { return fast; }
  bool fast = true;
};

/// A request that asks for WebSocket, its I/O thread played by the test.
struct WebSocketFixture {
  WebSocketFixture() {
    responder.add_pool(pool);
    request = pool.acquire();
    request->assign(handler);
    auto& message = request->message;
    message.method = "GET";
    message.content_length = 0;
    message.asks_for_websocket = true;
    message.headers = {{"connection", "upgrade"},
                       {"upgrade", "websocket"},
                       {"sec-websocket-version", "13"},
                       {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="},
                       {"sec-websocket-protocol", "chat"}};
    token = request->token();
  }

  Outcome upgrade(std::string_view protocol = {}) {
    UpgradeOrder order{std::make_unique<Recorder>(notes), protocol, headers};
    return responder.upgrade(token, order);
  }
  WebSocket& open() {
    BOOST_REQUIRE(upgrade() == Outcome::ok);
    request->take_news();
    request->websocket->open(executor);
    return *request->websocket;
  }
  Outcome send(std::string_view bytes) { return responder.send(token, true, bytes, {}); }
  Outcome respond() { return responder.respond(token, {200, headers, "", {}}); }

  /// What is on its way to the client.
  std::string written() {
    std::vector<Piece> pieces;
    request->response_stream->take(pieces);
    std::string bytes;
    for (auto& piece : pieces) {
      bytes += piece.bytes();
      piece.release.run();
    }
    return bytes;
  }
  bool ended() {
    request->take_news();
    return request->ended;
  }

  Notes notes;
  WebSocketHandler handler;
  FakeMailbox mailbox;
  RequestPool pool{7, mailbox};
  Responder responder;
  Executor executor{responder, 4, 10};
  HeaderLines headers;
  Request* request;
  Token token;
};

}  // namespace plughost::test
