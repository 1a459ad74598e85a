#include "dispatch/answer_encoding.hpp"

#include <fcntl.h>

#include <boost/test/unit_test.hpp>
#include <latch>

#include "dispatch/executor.hpp"
#include "dispatch/handler.hpp"
#include "dispatch/responder.hpp"
#include "dispatch/response_stream.hpp"
#include "http/compression.hpp"
#include "support/decoding.hpp"
#include "support/fake_mailbox.hpp"
#include "unit/dispatch/printing.hpp"
#include "unit/plugin/temporary_folder.hpp"

using namespace plughost::dispatch;
using plughost::http::HeaderLines;
using plughost::test::FakeMailbox;
using plughost::test::gunzip;

namespace {

constexpr std::size_t kSmall = 1000;
constexpr std::size_t kLarge = 100'000;

std::string text(std::size_t size) {
  std::string out;
  while (out.size() < size) out += "row " + std::to_string(out.size()) + '\n';
  return out.substr(0, size);
}

class Idle final : public Handler {
 public:
  void handle(Request& request) noexcept override {
    started.count_down();
    go.wait();
    HeaderLines headers;
    responder->respond(request.token(), {204, headers, "", {}});
  }
  bool nonblocking() const noexcept override { return false; }

  Responder* responder = nullptr;
  std::latch started{1};
  std::latch go{1};
};

struct Fixture {
  Fixture() {
    responder.add_pool(pool);
    route.compression = std::make_shared<plughost::http::CompressionPolicy>(
        plughost::http::CompressionPolicy{{"gzip"}});
    headers.append("content-type", "text/plain");
  }

  Request& request() {
    auto& made = *pool.acquire();
    made.message.method = "GET";
    made.message.headers = {{"accept-encoding", "gzip"}};
    made.match.route = &route;
    return made;
  }

  Outcome respond(Request& of, std::string_view body, Release release = {}, FilePart file = {}) {
    return responder.respond(of.token(), {200, headers, body, release, file});
  }

  static void count_up(void* counter) noexcept { ++*static_cast<std::atomic<int>*>(counter); }
  Release counted() { return {&count_up, &released}; }

  FakeMailbox mailbox;
  RequestPool pool{0, mailbox};
  Responder responder;
  plughost::routing::Route route;
  HeaderLines headers;
  std::atomic<int> released{0};
};

void check_encoded(const Answer& answer, const std::string& body) {
  BOOST_TEST(answer.headers.value("content-encoding") == "gzip");
  BOOST_TEST(answer.body.size() < body.size());
  BOOST_TEST((gunzip(answer.body).bytes == body));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dispatch_answer_encoding, Fixture)

BOOST_AUTO_TEST_CASE(encodes_a_small_answer_at_once) {
  auto& asked = request();
  const std::string body = text(kSmall);

  BOOST_TEST(respond(asked, body, counted()) == Outcome::ok);

  BOOST_TEST(mailbox.posted().size() == 1u);
  BOOST_TEST(released == 1);
  check_encoded(asked.answer, body);
}

BOOST_AUTO_TEST_CASE(encodes_a_large_answer_on_the_executor) {
  auto& asked = request();
  const std::string body = text(kLarge);
  Idle idle;
  idle.responder = &responder;
  Executor executor(responder, 1, 10);
  auto& blocked = request();
  blocked.assign(idle);
  BOOST_REQUIRE(executor.submit(blocked));
  idle.started.wait();

  BOOST_TEST(respond(asked, body, counted()) == Outcome::ok);

  BOOST_TEST(mailbox.posted().empty());
  BOOST_TEST(released == 0);
  BOOST_TEST(respond(asked, body) == Outcome::stale);
  idle.go.count_down();
  BOOST_REQUIRE(mailbox.wait_for(2));
  BOOST_TEST(released == 1);
  check_encoded(asked.answer, body);
}

BOOST_AUTO_TEST_CASE(sends_it_as_it_is_where_no_executor_takes_it) {
  const std::string body = text(kLarge);
  auto& without = request();
  respond(without, body);
  Executor executor(responder, 1, 0);
  auto& full = request();
  headers.append("content-type", "text/plain");

  respond(full, body, counted());

  BOOST_TEST(mailbox.posted().size() == 2u);
  for (const Answer* answer : {&without.answer, &full.answer}) {
    BOOST_TEST((answer->body == body));
    BOOST_TEST(!answer->headers.contains("content-encoding"));
    BOOST_TEST(answer->headers.value("vary") == "accept-encoding");
  }
}

BOOST_AUTO_TEST_CASE(leaves_an_answer_that_does_not_get_smaller) {
  auto& asked = request();
  std::string body(300, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * i * 31 + i / 7);

  respond(asked, body, counted());

  BOOST_TEST((asked.answer.body == body));
  BOOST_TEST(!asked.answer.headers.contains("content-encoding"));
  BOOST_TEST(released == 0);
}

BOOST_AUTO_TEST_CASE(reads_and_encodes_a_file) {
  const plughost::plugin::TemporaryFolder folder;
  const std::string body = text(kLarge);
  const int fd = ::open(folder.write("file", body).c_str(), O_RDONLY | O_CLOEXEC);
  Executor executor(responder, 1, 10);
  auto& asked = request();

  respond(asked, "", counted(), {fd, 10, kLarge - 20});

  BOOST_REQUIRE(mailbox.wait_for(1));
  BOOST_TEST(asked.answer.file.fd == -1);
  BOOST_TEST(released == 1);
  check_encoded(asked.answer, body.substr(10, kLarge - 20));
  ::close(fd);
}

BOOST_AUTO_TEST_CASE(leaves_a_file_that_is_too_short) {
  const plughost::plugin::TemporaryFolder folder;
  const int fd = ::open(folder.write("file", "short").c_str(), O_RDONLY | O_CLOEXEC);
  Executor executor(responder, 1, 10);
  auto& asked = request();

  respond(asked, "", counted(), {fd, 0, kLarge});

  BOOST_REQUIRE(mailbox.wait_for(1));
  BOOST_TEST(asked.answer.file.fd == fd);
  BOOST_TEST(!asked.answer.headers.contains("content-encoding"));
  ::close(fd);
}

BOOST_AUTO_TEST_CASE(encodes_a_stream_piece_by_piece) {
  auto& asked = request();
  BOOST_REQUIRE(responder.start(asked.token(), 200, headers) == Outcome::ok);
  std::vector<Piece> pieces;
  std::string seen;
  const auto take = [&] {
    pieces.clear();
    asked.response_stream->take(pieces);
    for (const auto& piece : pieces) seen += piece.bytes();
    return gunzip(seen);
  };

  BOOST_TEST(responder.write(asked.token(), "one", counted()) == Outcome::ok);
  BOOST_TEST(take().bytes == "one");
  BOOST_TEST(responder.write(asked.token(), "", {}) == Outcome::ok);
  BOOST_TEST(responder.write(asked.token(), " two", counted()) == Outcome::ok);
  BOOST_TEST(take().bytes == "one two");
  BOOST_TEST(!take().is_whole);
  BOOST_TEST(responder.finish(asked.token(), {}).outcome == Outcome::ok);

  BOOST_TEST(take().is_whole);
  BOOST_TEST(released == 2);
  BOOST_TEST(asked.answer.headers.value("content-encoding") == "gzip");
}

BOOST_AUTO_TEST_CASE(leaves_a_stream_whose_length_was_declared) {
  auto& asked = request();
  headers.append("content-length", "5");
  responder.start(asked.token(), 200, headers);

  responder.write(asked.token(), "bytes", {});

  std::vector<Piece> pieces;
  asked.response_stream->take(pieces);
  BOOST_TEST(pieces.at(0).bytes() == "bytes");
  BOOST_TEST(!asked.answer.headers.contains("content-encoding"));
}

BOOST_AUTO_TEST_CASE(leaves_a_truncated_stream_without_its_end) {
  auto& asked = request();
  responder.start(asked.token(), 200, headers);
  responder.write(asked.token(), "one", {});

  responder.truncate(asked.token());

  std::vector<Piece> pieces;
  BOOST_TEST((asked.response_stream->take(pieces) == ResponseStream::End::truncated));
  BOOST_TEST(gunzip(pieces.at(0).bytes()).bytes == "one");
  BOOST_TEST(!gunzip(pieces.at(0).bytes()).is_whole);
}

BOOST_AUTO_TEST_SUITE_END()
