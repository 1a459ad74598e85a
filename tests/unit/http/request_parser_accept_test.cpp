#include <boost/test/unit_test.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "unit/http/reading.hpp"

namespace plughost::http {
namespace {

struct Expected {
  std::string_view method = "GET";
  std::string_view target = "/";
  std::string_view raw_path = "/";
  std::string_view path = "/";
  std::string_view query = "";
  std::string_view host = "h";
  std::vector<std::pair<std::string_view, std::string_view>> headers = {{"host", "h"}};
  std::string_view body = "";
  std::uint64_t content_length = 0;
  unsigned minor_version = 1;
  bool keep_alive = true;
  bool chunked = false;
  bool expects_continue = false;
};

struct Row {
  std::string_view name;
  std::string_view wire;
  Expected expected;
};

const std::vector<Row> kRows = {
    {"a minimal request (RFC 9112 section 3)", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", {}},
    {"path, query and port (9112 section 3.2.1)",
     "GET /a/b?x=1&y HTTP/1.1\r\nHost: h:80\r\n\r\n",
     {.target = "/a/b?x=1&y",
      .raw_path = "/a/b",
      .path = "/a/b",
      .query = "x=1&y",
      .host = "h:80",
      .headers = {{"host", "h:80"}}}},
    {"escapes in the path (3986 section 2.1)",
     "GET /%41%20%c3%A9/%2f HTTP/1.1\r\nHost: h\r\n\r\n",
     {.target = "/%41%20%c3%A9/%2f", .raw_path = "/%41%20%c3%A9/%2f", .path = "/A \xC3\xA9//"}},
    {"an absolute-form target wins over Host (9112 section 3.2.2)",
     "GET HTTP://other:81/p?q HTTP/1.1\r\nHost: h\r\n\r\n",
     {.target = "HTTP://other:81/p?q",
      .raw_path = "/p",
      .path = "/p",
      .query = "q",
      .host = "other:81"}},
    {"OPTIONS * (9112 section 3.2.4)",
     "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
     {.method = "OPTIONS", .target = "*", .raw_path = "*", .path = "*"}},
    {"HTTP/1.2 is served as HTTP/1.1 (9110 section 2.5)",
     "POST /p HTTP/1.2\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi",
     {.method = "POST",
      .target = "/p",
      .raw_path = "/p",
      .path = "/p",
      .headers = {{"host", "h"}, {"content-length", "2"}},
      .body = "hi",
      .content_length = 2}},
    {"any token is a method (9110 section 9.1)",
     "m!cro-GET / HTTP/1.1\r\nHost: h\r\n\r\n",
     {.method = "m!cro-GET"}},
    {"names in lower case, values trimmed of spaces and tabs (9112 section 5.1)",
     "GET / HTTP/1.1\r\nHOST:\t h \t\r\nX-A:b\r\nX-Empty:\r\nX-Blank:  \r\nX-A: c  d\te\r\n\r\n",
     {.headers =
          {{"host", "h"}, {"x-a", "b"}, {"x-empty", ""}, {"x-blank", ""}, {"x-a", "c  d\te"}}}},
    {"bytes beyond ASCII in a value (9110 section 5.5)",
     "GET / HTTP/1.1\r\nHost: h\r\nX: caf\xC3\xA9\r\n\r\n",
     {.headers = {{"host", "h"}, {"x", "caf\xC3\xA9"}}}},
    {"empty lines before the request line (9112 section 2.2)",
     "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
     {}},
    {"HTTP/1.0 without Host closes (9112 section 9.3)",
     "GET / HTTP/1.0\r\n\r\n",
     {.host = "", .headers = {}, .minor_version = 0, .keep_alive = false}},
    {"HTTP/1.0 stays open when asked (9112 section 9.3)",
     "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
     {.host = "", .headers = {{"connection", "Keep-Alive"}}, .minor_version = 0}},
    {"Connection: close in any case (9110 section 7.6.1)",
     "GET / HTTP/1.1\r\nHost: h\r\nConnection: CLOSE\r\n\r\n",
     {.headers = {{"host", "h"}, {"connection", "CLOSE"}}, .keep_alive = false}},
    {"close among options of several lines (9110 section 7.6.1)",
     "GET / HTTP/1.1\r\nHost: h\r\nConnection: TE , keep-alive\r\nConnection: x,,Close\r\n\r\n",
     {.headers = {{"host", "h"}, {"connection", "TE , keep-alive"}, {"connection", "x,,Close"}},
      .keep_alive = false}},
    {"an option that only contains close",
     "GET / HTTP/1.1\r\nHost: h\r\nConnection: close-not\r\n\r\n",
     {.headers = {{"host", "h"}, {"connection", "close-not"}}}},
    {"a body with Content-Length (9112 section 6.2)",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\na\r\n\r\n",
     {.method = "POST",
      .headers = {{"host", "h"}, {"content-length", "5"}},
      .body = "a\r\n\r\n",
      .content_length = 5}},
    {"Content-Length: 0, and with leading zeros",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 000\r\n\r\n",
     {.method = "POST", .headers = {{"host", "h"}, {"content-length", "000"}}}},
    {"a chunked body (9112 section 7.1)",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
     "5\r\nhello\r\n00B\r\n\r\n0\r\n\r\n789A\r\n0\r\n\r\n",
     {.method = "POST",
      .headers = {{"host", "h"}, {"transfer-encoding", "Chunked"}},
      .body = "hello\r\n0\r\n\r\n789A",
      .content_length = kUnknownLength,
      .chunked = true}},
    {"an empty chunked body",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
     {.method = "POST",
      .headers = {{"host", "h"}, {"transfer-encoding", "chunked"}},
      .content_length = kUnknownLength,
      .chunked = true}},
    {"chunk extensions and trailers are dropped (9112 sections 7.1.1 and 7.1.2)",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
     "2;a=b ; c=\"d;\\\"\"\r\nhi\r\n0;x\r\nX-Trailer: 1\r\nX-More:\r\n\r\n",
     {.method = "POST",
      .headers = {{"host", "h"}, {"transfer-encoding", "chunked"}},
      .body = "hi",
      .content_length = kUnknownLength,
      .chunked = true}},
    {"Expect: 100-continue (9110 section 10.1.1)",
     "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\nx",
     {.method = "POST",
      .headers = {{"host", "h"}, {"expect", "100-Continue"}, {"content-length", "1"}},
      .body = "x",
      .content_length = 1,
      .expects_continue = true}},
    {"nothing is awaited from a request without a body",
     "GET / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\n\r\n",
     {.headers = {{"host", "h"}, {"expect", "100-continue"}}}},
    {"HTTP/1.0 has no expectations (9110 section 10.1.1)",
     "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
     {.method = "POST",
      .host = "",
      .headers = {{"expect", "100-continue"}, {"content-length", "1"}},
      .body = "x",
      .content_length = 1,
      .minor_version = 0,
      .keep_alive = false}},
};

void check(const Reading& reading, const Expected& expected) {
  const RequestMessage& message = reading.message();
  BOOST_TEST(message.method == expected.method);
  BOOST_TEST(message.target == expected.target);
  BOOST_TEST(message.raw_path == expected.raw_path);
  BOOST_TEST(message.path == expected.path);
  BOOST_TEST(message.query == expected.query);
  BOOST_TEST(message.host == expected.host);
  BOOST_TEST(message.body == expected.body);
  BOOST_TEST(message.content_length == expected.content_length);
  BOOST_TEST(message.minor_version == expected.minor_version);
  BOOST_TEST(message.keep_alive == expected.keep_alive);
  BOOST_TEST(message.chunked == expected.chunked);
  BOOST_TEST(message.expects_continue == expected.expects_continue);
  BOOST_TEST_REQUIRE(message.headers.size() == expected.headers.size());
  for (std::size_t i = 0; i < message.headers.size(); ++i) {
    BOOST_TEST(message.headers[i].name == expected.headers[i].first);
    BOOST_TEST(message.headers[i].value == expected.headers[i].second);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_request_parser_accept)

BOOST_AUTO_TEST_CASE(reads_requests_at_once) {
  for (const Row& row : kRows) {
    BOOST_TEST_CONTEXT(row.name) {
      Reading reading;

      reading.feed(row.wire);

      BOOST_TEST_CONTEXT(reading.refusal().detail) {
        BOOST_TEST_REQUIRE(reading.status() == ParseStatus::complete);
      }
      BOOST_TEST(reading.consumed() == row.wire.size());
      check(reading, row.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(reads_requests_cut_anywhere) {
  for (const Row& row : kRows) {
    for (const auto& pieces : every_cut(row.wire)) {
      BOOST_TEST_CONTEXT(row.name << ", " << name_of_cut(pieces)) {
        Reading reading;

        for (const std::string_view piece : pieces) reading.feed(piece);

        BOOST_TEST_REQUIRE(reading.status() == ParseStatus::complete);
        BOOST_TEST(reading.consumed() == row.wire.size());
        check(reading, row.expected);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(leaves_the_next_request_alone) {
  for (const Row& row : kRows) {
    BOOST_TEST_CONTEXT(row.name) {
      Reading reading;

      reading.feed(std::string(row.wire) + "GET /next HTTP/1.1\r\nHost: h\r\n\r\n");

      BOOST_TEST(reading.consumed() == row.wire.size());
      check(reading, row.expected);
      BOOST_TEST(reading.next() == ParseStatus::complete);
      BOOST_TEST(reading.message().path == "/next");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
