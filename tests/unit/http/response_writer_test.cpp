#include "http/response_writer.hpp"

#include <boost/test/unit_test.hpp>
#include <ctime>
#include <string>

namespace plughost::http {
namespace {

/// A Date would make every golden differ; a handler's own is written where it stands.
HeaderLines with_date() {
  HeaderLines headers;
  headers.append("Date", "D");
  return headers;
}

std::string head(unsigned status, const HeaderLines& headers, std::uint64_t length,
                 Persistence persistence = Persistence::implied) {
  std::string out;
  write_head(out, status, headers, length, persistence);
  return out;
}

/// The second now, as the C library would write it.
std::string date_line_of(std::time_t second) {
  std::tm utc;
  gmtime_r(&second, &utc);
  char text[64];
  return {text, std::strftime(text, sizeof text, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &utc)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_response_writer)

BOOST_AUTO_TEST_CASE(writes_an_ok_head) {
  BOOST_TEST(head(200, with_date(), 5) ==
             "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate: D\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(writes_an_empty_body_as_length_zero) {
  BOOST_TEST(head(404, with_date(), 0) ==
             "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nDate: D\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(writes_the_longest_head_it_can) {
  HeaderLines headers;

  const std::string out = head(511, headers, UINT64_MAX, Persistence::keep_alive);

  BOOST_TEST(out.starts_with("HTTP/1.1 511 Network Authentication Required\r\nDate: "));
  BOOST_TEST(
      out.ends_with("Content-Length: 18446744073709551615\r\nConnection: keep-alive\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(leaves_content_length_out_without_a_body) {
  BOOST_TEST(head(204, with_date(), 0) == "HTTP/1.1 204 No Content\r\nDate: D\r\n\r\n");
  BOOST_TEST(head(205, with_date(), 7) ==
             "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\nDate: D\r\n\r\n");
  BOOST_TEST(head(304, with_date(), 9) == "HTTP/1.1 304 Not Modified\r\nDate: D\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(announces_that_it_closes) {
  BOOST_TEST(head(200, with_date(), 1, Persistence::close) ==
             "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\nDate: D\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(announces_keep_alive_to_http_1_0) {
  BOOST_TEST(head(200, with_date(), 1, Persistence::keep_alive) ==
             "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\nDate: D\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(appends_behind_what_is_there) {
  std::string out = "before";

  write_head(out, 200, with_date(), 1, Persistence::implied);

  BOOST_TEST(out.starts_with("beforeHTTP/1.1 200 OK\r\n"));
}

BOOST_AUTO_TEST_CASE(dates_the_response) {
  const std::time_t before = std::time(nullptr);
  const std::string out = head(200, {}, 1);
  const std::time_t after = std::time(nullptr);

  bool found = false;
  for (std::time_t second = before; second <= after; ++second) {
    found =
        found || out == "HTTP/1.1 200 OK\r\n" + date_line_of(second) + "Content-Length: 1\r\n\r\n";
  }
  BOOST_TEST_CONTEXT(out) { BOOST_TEST(found); }
}

BOOST_AUTO_TEST_CASE(names_registered_statuses) {
  BOOST_TEST(reason_phrase(200) == "OK");
  BOOST_TEST(reason_phrase(413) == "Content Too Large");
  BOOST_TEST(reason_phrase(422) == "Unprocessable Content");
  BOOST_TEST(reason_phrase(505) == "HTTP Version Not Supported");
}

BOOST_AUTO_TEST_CASE(names_the_class_of_other_statuses) {
  BOOST_TEST(reason_phrase(199) == "Informational");
  BOOST_TEST(reason_phrase(299) == "Successful");
  BOOST_TEST(reason_phrase(399) == "Redirection");
  BOOST_TEST(reason_phrase(418) == "Client Error");
  BOOST_TEST(reason_phrase(599) == "Server Error");
}

BOOST_AUTO_TEST_CASE(knows_which_statuses_have_no_body) {
  for (const unsigned status : {100u, 101u, 103u, 204u, 205u, 304u}) {
    BOOST_TEST(is_bodyless(status));
  }
  for (const unsigned status : {200u, 301u, 404u, 500u}) BOOST_TEST(!is_bodyless(status));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
