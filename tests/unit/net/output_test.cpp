#include "net/output.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>

#include "dispatch/request_pool.hpp"
#include "support/fake_mailbox.hpp"

using namespace plughost;
using net::Output;

namespace {

struct Fixture {
  ~Fixture() {
    ::close(ends[0]);
    ::close(ends[1]);
  }

  dispatch::Request& answer(std::string body, std::string_view method = "GET",
                            unsigned status = 200) {
    auto* request = pool.acquire();
    request->message.bytes = method;
    request->message.method = request->message.bytes;
    request->answer.status = status;
    request->answer.copied_body = std::move(body);
    request->answer.body = request->answer.copied_body;
    return *request;
  }
  std::string received() {
    std::string all;
    char buffer[65536];
    for (ssize_t n; (n = ::read(ends[1], buffer, sizeof buffer)) > 0;) all.append(buffer, n);
    return all;
  }
  static std::string body_of(const std::string& response) {
    return response.substr(response.find("\r\n\r\n") + 4);
  }

  static std::array<int, 2> connected() {
    std::array<int, 2> pair{};
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()) == 0);
    return pair;
  }

  std::array<int, 2> ends = connected();
  net::PlainSocket socket{ends[0]};
  test::FakeMailbox mailbox;
  dispatch::RequestPool pool{0, mailbox};
  Output output;
  bool moved = false;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(net_output, Fixture)

BOOST_AUTO_TEST_CASE(sends_head_and_body_and_recycles) {
  output.append(answer("hello"), http::Persistence::implied);

  BOOST_TEST((output.flush(socket, moved) == Output::Progress::done));
  BOOST_TEST(body_of(received()) == "hello");
  BOOST_TEST(pool.in_use() == 0u);
}

BOOST_AUTO_TEST_CASE(sends_no_body_where_none_belongs) {
  output.append(answer("hello", "HEAD"), http::Persistence::implied);
  output.append(answer("", "GET", 204), http::Persistence::implied);
  output.flush(socket, moved);

  const auto all = received();
  BOOST_TEST(all.find("Content-Length: 5") != std::string::npos);
  BOOST_TEST(all.find("hello") == std::string::npos);
  BOOST_TEST(all.find("204 No Content") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(sends_a_large_body_in_pieces_from_where_it_lies) {
  const std::string body(4'000'000, 'x');
  output.append(answer(body), http::Persistence::implied);
  BOOST_TEST(!output.accepts());

  std::string all;
  int blocked = 0;
  while (output.flush(socket, moved) == Output::Progress::blocked) {
    ++blocked;
    BOOST_TEST(output.blocked());
    all += received();
  }
  all += received();

  BOOST_TEST(blocked > 1);
  BOOST_TEST((body_of(all) == body));
  BOOST_TEST(pool.in_use() == 0u);
  BOOST_TEST(output.accepts());
}

BOOST_AUTO_TEST_CASE(tells_when_the_client_is_gone) {
  ::close(std::exchange(ends[1], ::open("/dev/null", O_RDONLY)));
  output.append(answer(std::string(1'000'000, 'x')), http::Persistence::implied);

  BOOST_TEST((output.flush(socket, moved) == Output::Progress::failed));
  output.discard();
  BOOST_TEST(pool.in_use() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
