#include "loop/socket_inbox.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "support/fake_websockets.hpp"

using namespace plughost::python;
using namespace plughost::python::loop;
using plughost::test::FakeHost;
using plughost::test::FakeWebSockets;

namespace {

using Texts = std::vector<std::string>;

struct Fixture {
  Fixture() {
    const ph_websocket_callbacks callbacks = SocketInbox::callbacks(socket);
    BOOST_REQUIRE(host.http().upgrade(host.raw(), token, {PH_WEBSOCKET_1, 14}, &callbacks) ==
                  PH_OK);
  }

  const ph_websocket_api& api() {
    return *static_cast<const ph_websocket_api*>(
        host.raw()->get_extension(host.raw(), PH_WEBSOCKET_1));
  }
  std::size_t news() {
    std::vector<News> taken;
    inbox->take(taken);
    for (const News& each : taken) {
      BOOST_TEST((each.kind == News::Kind::socket));
      BOOST_TEST(each.job.token == token);
    }
    return taken.size();
  }
  void message(std::string_view bytes) { sockets.message(token, PH_WS_BINARY, bytes); }
  const Texts& told_host() { return sockets[token].sent; }

  FakeHost host;
  FakeWebSockets sockets{host};
  ph_req token = host.open();
  std::shared_ptr<Inbox> inbox = std::make_shared<Inbox>(10);
  std::shared_ptr<SocketInbox> socket =
      std::make_shared<SocketInbox>(host.raw(), api(), inbox, token);
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(python_loop_socket_inbox, Fixture)

BOOST_AUTO_TEST_CASE(gives_messages_in_order_and_news_to_who_waits) {
  BOOST_TEST(!socket->take());
  sockets.message(token, PH_WS_TEXT, "a");
  sockets.message(token, PH_WS_BINARY, "b");
  BOOST_TEST(news() == 1u);

  const auto first = socket->take();
  const auto second = socket->take();

  BOOST_TEST((first->is_text && first->bytes == "a"));
  BOOST_TEST((!second->is_text && second->bytes == "b"));
  message("c");
  BOOST_TEST(news() == 0u);
  sockets.close(token, 1000);
}

BOOST_AUTO_TEST_CASE(pauses_the_host_while_too_many_messages_wait) {
  for (std::size_t i = 0; i < SocketInbox::kRoomMessages; ++i) message("");
  BOOST_TEST(told_host() == Texts{"pause"}, boost::test_tools::per_element());

  for (std::size_t i = 0; i < SocketInbox::kRoomMessages / 2; ++i) socket->take();
  BOOST_TEST(told_host().size() == 1u);
  socket->take();

  BOOST_TEST(told_host() == (Texts{"pause", "resume"}), boost::test_tools::per_element());
  sockets.close(token, 1000);
}

BOOST_AUTO_TEST_CASE(pauses_the_host_while_too_many_bytes_wait) {
  message(std::string(SocketInbox::kRoom, 'x'));
  message("one more that was on its way");
  BOOST_TEST(told_host() == Texts{"pause"}, boost::test_tools::per_element());

  socket->take();

  BOOST_TEST(told_host() == (Texts{"pause", "resume"}), boost::test_tools::per_element());
  sockets.close(token, 1000);
}

BOOST_AUTO_TEST_CASE(tells_of_room_once) {
  BOOST_TEST(!socket->take_writable());

  sockets.writable(token);

  BOOST_TEST(news() == 1u);
  BOOST_TEST(socket->take_writable());
  BOOST_TEST(!socket->take_writable());
  sockets.close(token, 1000);
}

BOOST_AUTO_TEST_CASE(keeps_the_end_behind_the_messages) {
  message("last");

  sockets.close(token, 4000, "bye");

  BOOST_TEST(news() == 1u);
  BOOST_TEST(socket->end()->code == 4000u);
  BOOST_TEST(socket->end()->reason == "bye");
  BOOST_TEST(socket->take()->bytes == "last");
}

BOOST_AUTO_TEST_CASE(takes_a_client_that_left_before_the_answer_for_gone) {
  const auto& callbacks = sockets[token].callbacks;

  callbacks.release(callbacks.ctx);

  BOOST_TEST(news() == 1u);
  BOOST_TEST(socket->end()->code == unsigned{PH_WS_ABNORMAL});
}

BOOST_AUTO_TEST_SUITE_END()
