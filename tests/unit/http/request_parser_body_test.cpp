#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "unit/http/reading.hpp"

namespace plughost::http {
namespace {

constexpr std::string_view kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr std::string_view kFive = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n";
constexpr std::string_view kChunked =
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string with_body(std::string_view head, std::string_view body) {
  return std::string(head).append(body);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_request_parser_body)

BOOST_AUTO_TEST_CASE(stops_behind_the_head) {
  RequestMessage message;
  RequestParser parser({});
  parser.start(message);

  const ParseProgress head = parser.feed(with_body(kFive, "hello"));

  BOOST_TEST(head.status == ParseStatus::head_complete);
  BOOST_TEST(head.consumed == kFive.size());
  BOOST_TEST(message.body.empty());
}

BOOST_AUTO_TEST_CASE(completes_a_request_without_body_at_an_empty_feed) {
  RequestMessage message;
  RequestParser parser({});
  parser.start(message);
  parser.feed(kGet);

  const ParseProgress progress = parser.feed("");

  BOOST_TEST(progress.status == ParseStatus::complete);
  BOOST_TEST(progress.consumed == 0u);
}

BOOST_AUTO_TEST_CASE(takes_nothing_of_the_next_request) {
  RequestMessage message;
  RequestParser parser({});
  parser.start(message);
  parser.feed(kGet);

  const ParseProgress progress = parser.feed(kGet);

  BOOST_TEST(progress.status == ParseStatus::complete);
  BOOST_TEST(progress.consumed == 0u);
}

BOOST_AUTO_TEST_CASE(asks_for_the_rest_of_a_body) {
  for (const std::string_view head : {kFive, kChunked}) {
    BOOST_TEST_CONTEXT(head) {
      RequestMessage message;
      RequestParser parser({});
      parser.start(message);
      parser.feed(head);

      BOOST_TEST(parser.feed("").status == ParseStatus::need_more);
    }
  }
}

BOOST_AUTO_TEST_CASE(reads_a_body_in_pieces) {
  RequestMessage message;
  RequestParser parser({});
  parser.start(message);
  parser.feed(kFive);

  const ParseProgress first = parser.feed("hel");
  const ParseProgress second = parser.feed("lo" + std::string(kGet));

  BOOST_TEST(first.status == ParseStatus::need_more);
  BOOST_TEST(first.consumed == 3u);
  BOOST_TEST(second.status == ParseStatus::complete);
  BOOST_TEST(second.consumed == 2u);
  BOOST_TEST(message.body == "hello");
}

BOOST_AUTO_TEST_CASE(reads_pipelined_requests_cut_anywhere) {
  const std::string wire =
      with_body(kFive, "hello") + with_body(kChunked, "3\r\nabc\r\n0\r\n\r\n") + std::string(kGet);
  for (const auto& pieces : every_cut(wire)) {
    BOOST_TEST_CONTEXT(name_of_cut(pieces)) {
      Reading reading;
      std::string seen;

      for (const std::string_view piece : pieces) {
        reading.feed(piece);
        while (reading.status() == ParseStatus::complete) {
          seen.append(reading.message().method).append(" ").append(reading.message().body) += ';';
          reading.next();
        }
      }

      BOOST_TEST(seen == "POST hello;POST abc;GET ;");
      BOOST_TEST(reading.status() == ParseStatus::need_more);
    }
  }
}

BOOST_AUTO_TEST_CASE(keeps_nothing_of_the_request_before) {
  Reading reading;
  reading.feed("POST /%41?q HTTP/1.0\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx");

  reading.feed(kGet);
  reading.next();

  BOOST_TEST(reading.status() == ParseStatus::complete);
  BOOST_TEST(reading.message().path == "/a");
  BOOST_TEST(reading.message().query.empty());
  BOOST_TEST(reading.message().headers.size() == 1u);
  BOOST_TEST(reading.message().body.empty());
  BOOST_TEST(reading.message().keep_alive);
  BOOST_TEST(reading.message().minor_version == 1u);
}

BOOST_AUTO_TEST_CASE(says_whether_a_request_began) {
  RequestMessage message;
  RequestParser parser({});
  parser.start(message);

  BOOST_TEST(!parser.got_some());
  BOOST_TEST(parser.feed("\r\n\r").consumed == 2u);
  BOOST_TEST(!parser.got_some());
  parser.feed("\r\nG");
  BOOST_TEST(parser.got_some());
  parser.start(message);
  BOOST_TEST(!parser.got_some());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
