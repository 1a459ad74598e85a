#include <boost/test/unit_test.hpp>
#include <memory>
#include <plughost/sdk/sdk.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/fake_websockets.hpp"
#include "support/plugin_instance.hpp"

using namespace std::string_literals;
using plughost::sdk::Request;
using plughost::sdk::UpgradeOptions;
using plughost::sdk::WebSocket;
using plughost::sdk::WebSocketHandler;
using plughost::test::FakeHost;
using plughost::test::FakeRequest;
using plughost::test::FakeWebSockets;
using plughost::test::PluginInstance;

namespace {

using Texts = std::vector<std::string>;

/// Notes what it is told; the test reads it even when the handler is gone.
class Recorder final : public WebSocketHandler {
 public:
  explicit Recorder(std::shared_ptr<Texts> notes) : notes_(std::move(notes)) {}
  ~Recorder() override { notes_->push_back("gone"); }

  void on_open(WebSocket& socket) override {
    notes_->push_back("open " + std::to_string(socket.id()));
  }
  void on_text(WebSocket& socket, std::string_view text) override {
    notes_->push_back("text " + std::string(text));
    if (text == "throw") throw std::runtime_error("on purpose");
    if (text == "throw 7") throw 7;
    socket.send_text_view(text);
  }
  void on_binary(WebSocket&, std::string_view bytes) override {
    notes_->push_back("binary " + std::string(bytes));
  }
  void on_writable(WebSocket&) override { notes_->push_back("writable"); }
  void on_close(WebSocket&, unsigned code, std::string_view reason) override {
    notes_->push_back("close " + std::to_string(code) + " " + std::string(reason));
  }

 private:
  std::shared_ptr<Texts> notes_;
};

struct Fixture {
  FakeHost host;
  FakeWebSockets sockets{host};
  FakeRequest source;
  ph_req token = host.open();
  std::shared_ptr<Texts> notes = std::make_shared<Texts>();

  Request request() { return {host.raw(), token, source.head()}; }
  std::unique_ptr<WebSocketHandler> recorder() { return std::make_unique<Recorder>(notes); }
};

class Mine final : public plughost::sdk::Plugin {
 public:
  Mine(plughost::sdk::Host plugin_host, const plughost::sdk::Options& config)
      : Plugin(plugin_host) {
    config.refuse_all();
    add_websocket("silent", [](Request&) { return std::make_unique<WebSocketHandler>(); });
    add_websocket("guarded", [](Request& request) -> std::unique_ptr<WebSocketHandler> {
      if (request.header("authorization")) return std::make_unique<WebSocketHandler>();
      throw plughost::sdk::Error::client(401, "who are you?");
    });
  }
};

const ph_entry* mine() {
  static constexpr ph_entry entry =
      plughost::sdk::detail::make_entry<Mine>("mine", "1.0", "upgrades");
  return &entry;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(abi_sdk_websocket)

BOOST_FIXTURE_TEST_CASE(hands_the_connection_to_the_handler, Fixture) {
  Request asked = request();

  BOOST_TEST(asked.upgrade(recorder()) == PH_OK);
  BOOST_TEST(!asked.owed());
  sockets.open(token);
  sockets.message(token, PH_WS_TEXT, "hello");
  sockets.message(token, PH_WS_BINARY, "bytes");
  sockets.message(token, 99, "of a later host");
  sockets.writable(token);
  sockets.close(token, 4000, "bye");

  const Texts expected{"open " + std::to_string(token),
                       "text hello",
                       "binary bytes",
                       "writable",
                       "close 4000 bye",
                       "gone"};
  BOOST_TEST(*notes == expected, boost::test_tools::per_element());
  BOOST_TEST(sockets[token].sent == Texts{"text hello"}, boost::test_tools::per_element());
}

BOOST_FIXTURE_TEST_CASE(passes_the_options_on, Fixture) {
  UpgradeOptions options;
  options.subprotocol = "chat";
  options.headers = {{"Set-Cookie", "a=b"}};
  options.max_message = 7;

  request().upgrade(recorder(), options);

  BOOST_TEST(sockets[token].subprotocol == "chat");
  BOOST_TEST(sockets[token].headers.front().second == "a=b");
  BOOST_TEST(sockets[token].callbacks.max_message == 7u);
  sockets.close(token, 1000);
}

BOOST_FIXTURE_TEST_CASE(still_owes_the_answer_if_nobody_asked_for_it, Fixture) {
  sockets.answer_with(PH_E_STATE);
  Request asked = request();

  BOOST_TEST(asked.upgrade(recorder()) == PH_E_STATE);

  BOOST_TEST(asked.owed());
  BOOST_TEST(*notes == Texts{"gone"}, boost::test_tools::per_element());
  asked.respond(plughost::sdk::Response(200));
}

BOOST_AUTO_TEST_CASE(says_unsupported_on_a_host_without_it) {
  FakeHost host;
  FakeRequest source;
  Request asked(host.raw(), host.open(), source.head());

  BOOST_TEST(asked.upgrade(std::make_unique<WebSocketHandler>()) == PH_E_UNSUPPORTED);

  BOOST_TEST(asked.owed());
  asked.respond(plughost::sdk::Response(200));
}

BOOST_FIXTURE_TEST_CASE(closes_and_logs_what_a_callback_throws, Fixture) {
  request().upgrade(recorder());

  sockets.message(token, PH_WS_TEXT, "throw");
  sockets.message(token, PH_WS_TEXT, "throw 7");

  const Texts expected{"close 1011 ", "close 1011 "};
  BOOST_TEST(sockets[token].sent == expected, boost::test_tools::per_element());
  BOOST_TEST(host.log_lines().front().text == "on purpose");
  BOOST_TEST(host.log_lines().front().token == token);
  sockets.close(token, 1011);
}

BOOST_FIXTURE_TEST_CASE(closes_on_a_kind_of_message_that_is_not_taken, Fixture) {
  request().upgrade(std::make_unique<WebSocketHandler>());

  sockets.message(token, PH_WS_TEXT, "x");
  sockets.message(token, PH_WS_BINARY, "x");

  const Texts expected{"close 1003 text is not taken here",
                       "close 1003 binary messages are not taken here"};
  BOOST_TEST(sockets[token].sent == expected, boost::test_tools::per_element());
  sockets.close(token, 1003);
}

BOOST_FIXTURE_TEST_CASE(lends_large_messages_and_copies_small_ones, Fixture) {
  request().upgrade(recorder());
  const auto* api =
      static_cast<const ph_websocket_api*>(host.raw()->get_extension(host.raw(), PH_WEBSOCKET_1));
  const WebSocket socket(host.raw(), api, token);

  BOOST_TEST(socket.send_text("small"s) == PH_OK);
  BOOST_TEST(!sockets[token].lent);
  BOOST_TEST(socket.send_binary(std::string(100'000, 'x')) == PH_OK);
  BOOST_TEST(sockets[token].lent);
  socket.ping("p");
  socket.close(4001, "r");
  sockets.answer_with(PH_BACKPRESSURE);
  BOOST_TEST(socket.send_binary_view("b") == PH_BACKPRESSURE);

  BOOST_TEST(sockets[token].sent.at(2) == "ping p");
  BOOST_TEST(sockets[token].sent.at(3) == "close 4001 r");
  sockets.close(token, 1000);
}

BOOST_FIXTURE_TEST_CASE(pauses_the_reading_where_the_host_can, Fixture) {
  request().upgrade(recorder());
  const auto* api =
      static_cast<const ph_websocket_api*>(host.raw()->get_extension(host.raw(), PH_WEBSOCKET_1));
  const WebSocket socket(host.raw(), api, token);

  BOOST_TEST(socket.pause_reading() == PH_OK);
  BOOST_TEST(socket.resume_reading() == PH_OK);
  sockets.be_older();
  BOOST_TEST(socket.pause_reading() == PH_E_UNSUPPORTED);
  BOOST_TEST(socket.resume_reading() == PH_E_UNSUPPORTED);

  BOOST_TEST(sockets[token].sent == (Texts{"pause", "resume"}), boost::test_tools::per_element());
  sockets.close(token, 1000);
}

BOOST_FIXTURE_TEST_CASE(finds_a_subprotocol_among_those_offered, Fixture) {
  source.headers = {{"sec-websocket-protocol", "soap, chat.v2 ,wamp"},
                    {"sec-websocket-protocol", "last"}};
  const Request asked = request();

  BOOST_TEST(asked.offers_subprotocol("soap"));
  BOOST_TEST(asked.offers_subprotocol("chat.v2"));
  BOOST_TEST(asked.offers_subprotocol("last"));
  BOOST_TEST(!asked.offers_subprotocol("chat"));
  BOOST_TEST(!asked.offers_subprotocol("Soap"));
}

BOOST_FIXTURE_TEST_CASE(registers_a_handler_that_upgrades, Fixture) {
  PluginInstance plugin(mine(), host);
  const ph_handler handler = plugin.bind("silent");

  const ph_req upgraded = plugin.handle(handler, source);
  BOOST_TEST(plugin.status() == PH_OK);
  BOOST_TEST(sockets.count() == 1u);
  sockets.close(upgraded, 1000);

  sockets.answer_with(PH_E_STATE);
  plugin.handle(handler, source);
  BOOST_TEST(plugin.status() < 0);
  BOOST_TEST(plugin.error().http_status == 426u);
}

BOOST_FIXTURE_TEST_CASE(lets_the_factory_refuse, Fixture) {
  PluginInstance plugin(mine(), host);
  const ph_handler handler = plugin.bind("guarded");

  plugin.handle(handler, source);

  BOOST_TEST(plugin.error().http_status == 401u);
  BOOST_TEST(sockets.count() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
