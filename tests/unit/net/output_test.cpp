#include "net/output.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/test/unit_test.hpp>

#include "dispatch/request_pool.hpp"
#include "dispatch/responder.hpp"
#include "dispatch/response_stream.hpp"
#include "support/fake_mailbox.hpp"

using namespace plughost;
using net::Output;

namespace {

struct Fixture {
  Fixture() { responder.add_pool(pool); }
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
  /// A stream that has been started, head and all.
  dispatch::Request& start(unsigned minor_version = 1) {
    auto& request = *pool.acquire();
    request.message.method = "GET";
    request.message.minor_version = minor_version;
    http::HeaderLines headers;
    responder.start(request.token(), 200, headers);
    request.take_news();
    output.append(request, http::Persistence::implied);
    return request;
  }
  void write(dispatch::Request& request, std::string_view bytes) {
    responder.write(request.token(), bytes, {&count_up, &released});
  }
  void finish(dispatch::Request& request) {
    responder.finish(request.token(), {});
    request.take_news();
  }
  static void count_up(void* counter) noexcept { ++*static_cast<int*>(counter); }

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
  dispatch::Responder responder;
  int released = 0;
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
  for (auto progress = output.flush(socket, moved); progress != Output::Progress::done;
       progress = output.flush(socket, moved)) {
    if (progress == Output::Progress::blocked) ++blocked;
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

BOOST_AUTO_TEST_CASE(sends_one_chunk_for_all_that_was_written_meanwhile) {
  auto& request = start();
  write(request, "hello, ");
  write(request, "world");

  BOOST_TEST((output.flush(socket, moved) == Output::Progress::waiting));
  BOOST_TEST(body_of(received()) == "c\r\nhello, world\r\n");
  BOOST_TEST(!output.empty());
  BOOST_TEST(!output.blocked());

  write(request, "!");
  finish(request);
  BOOST_TEST((output.flush(socket, moved) == Output::Progress::done));
  BOOST_TEST(received() == "1\r\n!\r\n0\r\n\r\n");
  BOOST_TEST(pool.in_use() == 0u);
  BOOST_TEST(output.accepts());
}

BOOST_AUTO_TEST_CASE(sends_pieces_from_where_they_lie_and_gives_them_back) {
  auto& request = start();
  const std::string piece(100'000, 'x');
  for (int i = 0; i < 30; ++i) write(request, piece);
  finish(request);

  std::string all;
  while (output.flush(socket, moved) != Output::Progress::done) {
    BOOST_TEST(released < 30);
    all += received();
  }
  all += received();

  BOOST_TEST(released == 30);
  BOOST_TEST(all.size() > 3'000'000u);
  BOOST_TEST(body_of(all).starts_with("2dc6c0\r\nxxx"));
  BOOST_TEST(all.ends_with("xxx\r\n0\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(adds_no_frame_where_the_connection_ends_the_body) {
  auto& request = start(0);
  write(request, "bytes");
  finish(request);

  BOOST_TEST((output.flush(socket, moved) == Output::Progress::done));

  BOOST_TEST(body_of(received()) == "bytes");
}

BOOST_AUTO_TEST_CASE(says_truncated_once_all_that_there_was_is_out) {
  auto& request = start();
  write(request, "half");
  responder.truncate(request.token());
  request.take_news();

  BOOST_TEST((output.flush(socket, moved) == Output::Progress::truncated));

  BOOST_TEST(body_of(received()) == "4\r\nhalf\r\n");
  output.discard();
  BOOST_TEST(pool.in_use() == 0u);
}

BOOST_AUTO_TEST_CASE(leaves_a_stream_nobody_reads_to_the_call_that_ends_it) {
  auto& request = start();
  write(request, std::string(2000, 'x'));

  output.discard();

  BOOST_TEST(released == 1);
  BOOST_TEST(request.sink == nullptr);
  BOOST_TEST(pool.in_use() == 1u);
  responder.finish(request.token(), {});
  pool.deliver(request);
  BOOST_TEST(pool.in_use() == 0u);
}

BOOST_AUTO_TEST_CASE(lets_others_have_their_turn) {
  ::close(std::exchange(ends[0], ::open("/dev/null", O_WRONLY)));
  struct Endless final : net::Socket {
    Transfer receive(char*, std::size_t) noexcept override { return {Status::blocked}; }
    Transfer send(const iovec* parts, std::size_t) noexcept override {
      return {Status::ok, parts[0].iov_len};
    }
    Transfer send_file(int, std::uint64_t, std::size_t count) noexcept override {
      return {Status::ok, count};
    }
    void shut_down_sending() noexcept override {}
    bool has_input() const noexcept override { return false; }
  } quick;
  auto& request = answer("");
  request.answer.file = {ends[0], 0, 10'000'000};
  output.append(request, http::Persistence::implied);

  int turns = 1;
  while (output.flush(quick, moved) == Output::Progress::paused) {
    BOOST_TEST(output.paused());
    ++turns;
  }

  BOOST_TEST(turns == 10);
  BOOST_TEST(pool.in_use() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
