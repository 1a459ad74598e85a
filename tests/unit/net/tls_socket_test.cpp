#include "net/tls_socket.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <random>

#include "dispatch/request_pool.hpp"
#include "net/output.hpp"
#include "support/certificates.hpp"
#include "support/fake_mailbox.hpp"
#include "support/tls_client.hpp"

using namespace plughost;
using net::Socket;
using net::TlsSocket;
using test::TlsClient;
using Status = Socket::Status;

namespace {

std::string pattern(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 + i / 256);
  return text;
}

std::shared_ptr<const net::TlsContext> make_context() {
  const test::CertificateFolder folder;
  folder.make("a");
  config::Config config;
  config.tls.emplace();
  config.tls->certificates.push_back(
      {{folder.path("a.crt"), {}}, {folder.path("a.key"), {}}, {}, {}});
  return std::make_shared<const net::TlsContext>(config);
}

struct Fixture {
  Fixture() {
    const int size = 1;  // the least the system allows: a few records
    for (const int end : ends) ::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  }
  ~Fixture() { ::close(ends[0]); }

  static std::array<int, 2> connected() {
    std::array<int, 2> pair{};
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()) == 0);
    return pair;
  }

  void shake_hands() {
    char buffer[1];
    for (int turn = 0; turn < 10 && !client.shake_hands(); ++turn) {
      BOOST_TEST((server.receive(buffer, sizeof buffer).status == Status::blocked));
    }
    BOOST_TEST((server.receive(buffer, sizeof buffer).status == Status::blocked));
    BOOST_REQUIRE(!server.handshaking());
    BOOST_TEST(client.read() == "");  // takes the session tickets out of the socket
  }

  Socket::Transfer receive(std::string& out, std::size_t size = 65536) {
    std::string buffer(size, '\0');
    const auto got = server.receive(buffer.data(), size);
    if (got.status == Status::ok) out.append(buffer, 0, got.bytes);
    return got;
  }

  Socket::Transfer send(std::string_view bytes) {
    const iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    return server.send(&part, 1);
  }

  bool is_readable(int fd) const {
    pollfd watched{fd, POLLIN, 0};
    return ::poll(&watched, 1, 0) == 1;
  }

  std::array<int, 2> ends = connected();
  TlsClient client{ends[1]};
  TlsSocket server{ends[0], make_context()};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(net_tls_socket, Fixture)

BOOST_AUTO_TEST_CASE(moves_bytes_both_ways_after_the_handshake) {
  BOOST_TEST(server.encrypts());
  BOOST_TEST(server.handshaking());
  shake_hands();
  client.write("hello");

  BOOST_TEST(server.has_input());
  std::string received;
  const auto got = receive(received);
  BOOST_TEST(received == "hello");
  BOOST_TEST(!got.more);
  BOOST_TEST(!server.has_input());
  BOOST_TEST((send("").status == Status::ok));
  BOOST_TEST((send("world").status == Status::ok));
  BOOST_TEST(client.read() == "world");
}

// What an edge-triggered reader lives by: once told that there is no more, nothing is left.
BOOST_AUTO_TEST_CASE(forgets_no_input) {
  shake_hands();
  const auto all = pattern(400'000);
  std::mt19937 random(1);
  std::size_t written = 0;
  std::size_t piece = 1;
  std::string received;
  while (received.size() < all.size()) {
    while (const auto taken = client.write(all.substr(written, piece))) {
      written += taken;
      piece = random() % 20'000 + 1;
    }
    for (;;) {
      const auto got = receive(received, random() % 30'000 + 1);
      BOOST_REQUIRE((got.status == Status::ok || got.status == Status::blocked));
      if (got.status == Status::ok && got.more) continue;
      BOOST_REQUIRE(!is_readable(ends[0]));
      break;
    }
  }
  BOOST_TEST((received == all));
}

BOOST_AUTO_TEST_CASE(says_that_it_holds_input) {
  shake_hands();
  client.write("one");
  client.write("two");
  std::string received;

  const auto first = receive(received, 1);
  BOOST_TEST(!is_readable(ends[0]));
  BOOST_TEST(first.more);
  BOOST_TEST(server.holds_input());
  BOOST_TEST(server.has_input());
  while (receive(received, 2).more) {
  }

  BOOST_TEST(received == "onetwo");
  BOOST_TEST(!server.holds_input());
}

// Callers may cut the same bytes anew when they offer them again.
BOOST_AUTO_TEST_CASE(sends_right_however_the_bytes_are_cut) {
  shake_hands();
  const auto all = pattern(600'000);
  std::mt19937 random(2);
  std::size_t sent = 0;
  int blocked = 0;
  std::string received;
  while (sent < all.size()) {
    std::array<iovec, 3> parts{};
    std::size_t at = sent;
    for (auto& part : parts) {
      const auto size = std::min<std::size_t>(random() % 12'000, all.size() - at);
      part = {const_cast<char*>(all.data()) + at, size};
      at += size;
    }
    if (at == sent) continue;
    const auto got = server.send(parts.data(), parts.size());
    BOOST_REQUIRE((got.status == Status::ok || got.status == Status::blocked));
    BOOST_REQUIRE(got.bytes <= at - sent);
    sent += got.bytes;
    if (got.status == Status::blocked) {
      ++blocked;
      received += client.read(random() % 40'000 + 1);
    }
  }
  received += client.read();

  BOOST_TEST(blocked > 10);
  BOOST_TEST((received == all));
}

BOOST_AUTO_TEST_CASE(sends_small_parts_in_one_record) {
  shake_hands();
  char head[] = "head", body[] = "body";
  const iovec parts[] = {{head, 4}, {nullptr, 0}, {body, 4}};

  BOOST_TEST(server.send(parts, 3).bytes == 8u);
  BOOST_TEST(SSL_peek(client.ssl(), head, 1) == 1);
  BOOST_TEST(SSL_pending(client.ssl()) == 8);
}

BOOST_AUTO_TEST_CASE(sends_a_file) {
  shake_hands();
  const auto all = pattern(100'000);
  const test::CertificateFolder folder;
  folder.write("file", all);
  const int file = ::open(folder.path("file").c_str(), O_RDONLY | O_CLOEXEC);
  std::string received;
  std::size_t sent = 1000;
  while (sent < all.size()) {
    const auto got = server.send_file(file, sent, all.size() - sent);
    BOOST_REQUIRE((got.status == Status::ok || got.status == Status::blocked));
    sent += got.bytes;
    received += client.read();
  }
  const auto end = server.send_file(file, all.size(), 1);
  ::close(file);

  BOOST_TEST((received == all.substr(1000)));
  BOOST_TEST((end.status == Status::ok));
  BOOST_TEST(end.bytes == 0u);
}

BOOST_AUTO_TEST_CASE(carries_an_output_of_heads_and_large_bodies) {
  shake_hands();
  test::FakeMailbox mailbox;
  dispatch::RequestPool pool(0, mailbox);
  net::Output output;
  const auto body = pattern(300'000);
  const auto append = [&](const std::string& text) {
    auto& request = *pool.acquire();
    request.answer.status = 200;
    request.answer.copied_body = text;
    request.answer.body = request.answer.copied_body;
    output.append(request, http::Persistence::implied);
  };
  append("small");
  append(body);
  std::string received;
  bool moved = false;
  while (output.flush(server, moved) == net::Output::Progress::blocked) received += client.read();
  received += client.read();

  BOOST_TEST(received.find("\r\n\r\nsmallHTTP/1.1 200 OK\r\n") != std::string::npos);
  BOOST_TEST(received.ends_with("\r\n\r\n" + body));
  BOOST_TEST(pool.in_use() == 0u);
}

BOOST_AUTO_TEST_CASE(says_goodbye_and_drops_what_still_comes) {
  shake_hands();
  server.shut_down_sending();

  BOOST_TEST(client.read() == "");
  BOOST_TEST(client.error() == SSL_ERROR_ZERO_RETURN);
  client.write("too late");
  std::string received;
  BOOST_TEST((receive(received).status == Status::ok));
  BOOST_TEST((receive(received).status == Status::blocked));
  BOOST_TEST(!server.receive_wants_writable());
  client.leave();
  BOOST_TEST((receive(received).status == Status::closed));
}

BOOST_AUTO_TEST_CASE(says_goodbye_when_there_is_room_for_it) {
  shake_hands();
  std::string filling;
  while (::write(ends[0], "x", 1) == 1) filling += 'x';
  server.shut_down_sending();
  BOOST_TEST(server.receive_wants_writable());
  std::string seen(filling.size(), '\0');
  BOOST_TEST(::recv(ends[1], seen.data(), seen.size(), MSG_WAITALL) ==
             static_cast<ssize_t>(filling.size()));

  std::string received;
  BOOST_TEST((receive(received).status == Status::blocked));

  BOOST_TEST(!server.receive_wants_writable());
  BOOST_TEST(client.read() == "");
  BOOST_TEST(client.error() == SSL_ERROR_ZERO_RETURN);
}

BOOST_AUTO_TEST_CASE(says_no_goodbye_behind_bytes_that_never_went_out) {
  shake_hands();
  const auto all = pattern(1'000'000);
  std::size_t sent = 0;
  for (;;) {
    const auto got = send(std::string_view(all).substr(sent));
    if (got.status == Status::blocked) break;
    sent += got.bytes;
  }
  server.shut_down_sending();

  BOOST_TEST(client.read().size() == sent);
  BOOST_TEST(client.error() == SSL_ERROR_SSL);
}

BOOST_AUTO_TEST_CASE(answers_a_goodbye) {
  shake_hands();
  client.write("bye");
  SSL_shutdown(client.ssl());
  std::string received;
  BOOST_TEST((receive(received).status == Status::ok));
  BOOST_TEST((receive(received).status == Status::closed));

  BOOST_TEST((send("answer").status == Status::ok));
  server.say_goodbye();

  BOOST_TEST(client.read() == "answer");
  BOOST_TEST(client.error() == SSL_ERROR_ZERO_RETURN);
}

BOOST_AUTO_TEST_CASE(takes_an_end_without_goodbye_for_an_end) {
  shake_hands();
  ::shutdown(ends[1], SHUT_WR);
  std::string received;

  BOOST_TEST((receive(received).status == Status::closed));
  BOOST_TEST((send("answer").status == Status::ok));
  BOOST_TEST(client.read() == "answer");
}

BOOST_AUTO_TEST_CASE(tells_a_client_that_speaks_plain_http) {
  for (const char* start :
       {"GET / HTTP/1.1\r\n\r\n", "OPTIONS * HTTP/1.1\r\n\r\n", "CONNECT a:1 "}) {
    BOOST_TEST_CONTEXT(start) {
      const auto pair = connected();
      TlsSocket socket(pair[0], make_context());
      BOOST_TEST(::write(pair[1], start, std::strlen(start)) > 0);
      char buffer[4096];

      BOOST_TEST((socket.receive(buffer, sizeof buffer).status == Status::refused));
      socket.shut_down_sending();

      const auto got = ::read(pair[1], buffer, sizeof buffer);
      const std::string answer(buffer, static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
      BOOST_TEST(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"));
      BOOST_TEST(answer.find("use https://") != std::string::npos);
      BOOST_TEST(::read(pair[1], buffer, sizeof buffer) == 0);
      for (const int end : pair) ::close(end);
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_neither) {
  BOOST_TEST(::write(ends[1], "\x01\x02\x03\x04\x05\x06\x07", 7) == 7);
  std::string received;

  BOOST_TEST((receive(received).status == Status::refused));
  BOOST_TEST((receive(received).status == Status::refused));
}

BOOST_AUTO_TEST_CASE(takes_a_client_that_leaves_in_the_handshake_for_gone) {
  client.shake_hands();
  client.leave();
  std::string received;
  receive(received);

  BOOST_TEST((receive(received).status != Status::ok));
  BOOST_TEST((receive(received).status != Status::blocked));
}

BOOST_AUTO_TEST_CASE(fails_when_a_record_was_changed_on_the_way) {
  shake_hands();
  const char record[] = "\x17\x03\x03\x00\x20 this is not what was encrypted  ";
  BOOST_TEST(::write(ends[1], record, 37) == 37);
  std::string received;

  BOOST_TEST((receive(received).status == Status::failed));
}

BOOST_AUTO_TEST_CASE(waits_for_input_to_send_before_the_handshake) {
  BOOST_TEST((send("early").status == Status::blocked));
  BOOST_TEST(server.send_wants_readable());
  for (int turn = 0; turn < 10 && !client.shake_hands(); ++turn) send("early");
  for (int turn = 0; turn < 10 && send("early").status == Status::blocked; ++turn) {
  }

  BOOST_TEST(!server.send_wants_readable());
  BOOST_TEST(!server.handshaking());
  BOOST_TEST(client.read() == "early");
  server.shut_down_sending();
  BOOST_TEST(client.read() == "");
  BOOST_TEST(client.error() == SSL_ERROR_ZERO_RETURN);
}

BOOST_AUTO_TEST_CASE(waits_for_room_when_the_handshake_does_not_fit) {
  client.shake_hands();
  std::string filling;
  while (::write(ends[0], "x", 1) == 1) filling += 'x';
  std::string received;

  BOOST_TEST((receive(received).status == Status::blocked));
  BOOST_TEST(server.receive_wants_writable());
  std::string seen(filling.size(), '\0');
  BOOST_TEST(::recv(ends[1], seen.data(), seen.size(), MSG_WAITALL) ==
             static_cast<ssize_t>(filling.size()));
  BOOST_TEST((receive(received).status == Status::blocked));

  BOOST_TEST(!server.receive_wants_writable());
  shake_hands();
}

BOOST_AUTO_TEST_SUITE_END()
