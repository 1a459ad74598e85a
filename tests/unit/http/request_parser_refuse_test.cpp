#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "unit/http/reading.hpp"

namespace plughost::http {
namespace {

using namespace std::string_view_literals;

struct Row {
  std::string_view name;
  std::string_view wire;
  unsigned status;
  std::string_view word;  ///< of the detail
};

constexpr Row kRequestLines[] = {
    {"no method (9112 section 3.1)", " / HTTP/1.1\r\nHost: h\r\n\r\n", 400, "request line"},
    {"a method that is no token (9110 section 9.1)", "G(T / HTTP/1.1\r\nHost: h\r\n\r\n", 400,
     "request line"},
    {"TLS (9112 section 2.2)", "\x16\x03\x01\x02"sv, 400, "request line"},
    {"a tab between method and target (9112 section 3)", "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", 400,
     "method"},
    {"two spaces (9112 section 3)", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n", 400, "target"},
    {"no target (9112 section 3)", "GET\r\nHost: h\r\n\r\n", 400, "method"},
    {"HTTP/0.9", "GET /\r\n", 400, "target"},
    {"a control byte in the target (9112 section 3.2)", "GET /a\x01 HTTP/1.1\r\nHost: h\r\n\r\n",
     400, "target"},
    {"NUL in the target", "GET /a\0b HTTP/1.1\r\nHost: h\r\n\r\n"sv, 400, "target"},
    {"DEL in the target", "GET /a\x7f HTTP/1.1\r\nHost: h\r\n\r\n", 400, "target"},
    {"a space in the target (9112 section 3.2)", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400,
     "request line"},
    {"HTTP/2.0 (9110 section 15.6.6)", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "HTTP/2.0"},
    {"HTTP/1.2 behind a bare LF", "GET / HTTP/1.2\nHost: h\r\n\r\n", 400, "CR LF"},
    {"HTTP/0.9 by name", "GET / HTTP/0.9\r\nHost: h\r\n\r\n", 505, "HTTP/0.9"},
    {"a version in lower case (9112 section 2.3)", "GET / http/1.1\r\nHost: h\r\n\r\n", 400,
     "HTTP/1.1"},
    {"a version of two digits", "GET / HTTP/1.10\r\nHost: h\r\n\r\n", 400, "HTTP/1.1"},
    {"a version cut short", "GET / HTTP\r\nHost: h\r\n\r\n", 400, "HTTP/1.1"},
    {"a space behind the version", "GET / HTTP/1.1 \r\nHost: h\r\n\r\n", 400, "request line"},
    {"a bare LF behind the request line (9112 section 2.2)", "GET / HTTP/1.1\nHost: h\r\n\r\n", 400,
     "CR LF"},
    {"nothing but bare LF", "GET / HTTP/1.1\nHost: h\n\n", 400, "CR LF"},
    {"a bare CR (9112 section 2.2)", "GET / HTTP/1.1\rHost: h\r\n\r\n", 400, "CR LF"},
    {"CONNECT (9110 section 9.3.6)", "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n", 501,
     "CONNECT"},
    {"nine empty lines (9112 section 2.2 asks for one)",
     "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 400, "empty lines"},
};

constexpr Row kFields[] = {
    {"white space before the colon (9112 section 5.1)", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400,
     "'Host : h'"},
    {"white space before the first field (9112 section 2.2)", "GET / HTTP/1.1\r\n Host: h\r\n\r\n",
     400, "white space"},
    {"a folded value (9112 section 5.2)", "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", 400,
     "folded"},
    {"a folded value that starts empty", "GET / HTTP/1.1\r\nHost: h\r\nX:\r\n\tb\r\n\r\n", 400,
     "folded"},
    {"a line of white space only", "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n \r\n\r\n", 400, "folded"},
    {"no colon (9112 section 5)", "GET / HTTP/1.1\r\nHost: h\r\nBad\r\n\r\n", 400, "'Bad'"},
    {"no name", "GET / HTTP/1.1\r\nHost: h\r\n: x\r\n\r\n", 400, "field name"},
    {"a name that is no token (9110 section 5.6.2)", "GET / HTTP/1.1\r\nHost: h\r\nX@Y: z\r\n\r\n",
     400, "'X@Y: z'"},
    {"NUL in a value (9110 section 5.5)", "GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n"sv, 400,
     "control"},
    {"a bare LF behind a field (9112 section 2.2)", "GET / HTTP/1.1\r\nHost: h\n\r\n", 400,
     "control"},
    {"a bare CR in a value (9112 section 2.2)", "GET / HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n", 400,
     "CR LF"},
    {"a bare LF as empty line", "GET / HTTP/1.1\r\nHost: h\r\n\n", 400, "CR LF"},
    {"no Host (9112 section 3.2)", "GET / HTTP/1.1\r\nX: h\r\n\r\n", 400, "Host"},
    {"two Hosts (9112 section 3.2)", "GET / HTTP/1.1\r\nHost: h\r\nHost: h\r\n\r\n", 400, "Host"},
    {"an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400, "Host"},
    {"an invalid Host (9112 section 3.2)", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "'a b'"},
    {"an invalid Host beside a good target", "GET http://h/ HTTP/1.1\r\nHost: a/b\r\n\r\n", 400,
     "'a/b'"},
    {"two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: h\r\nHost: i\r\n\r\n", 400, "Host"},
    {"an unknown expectation (9110 section 10.1.1)",
     "POST / HTTP/1.1\r\nHost: h\r\nExpect: tea\r\nContent-Length: 1\r\n\r\nx", 417, "'tea'"},
};

constexpr Row kFraming[] = {
    {"a Content-Length that is no number (9112 section 6.3)",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n", 400, "Content-Length"},
    {"an empty Content-Length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length:\r\n\r\n", 400,
     "Content-Length"},
    {"a signed Content-Length (9110 section 8.6)",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\nx", 400, "Content-Length"},
    {"a hexadecimal Content-Length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0x1\r\n\r\nx",
     400, "Content-Length"},
    {"a Content-Length beyond 64 bits",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551616\r\n\r\n", 400,
     "Content-Length"},
    {"a Content-Length of nothing but unknown",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551615\r\n\r\n", 400,
     "Content-Length"},
    {"a Content-Length list of equals",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1, 1\r\n\r\nx", 400, "Content-Length"},
    {"two equal Content-Lengths",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", 400,
     "Content-Length"},
    {"two different Content-Lengths (9112 section 6.3)",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400,
     "Content-Length"},
    {"Content-Length, then Transfer-Encoding (9112 section 6.3)",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
     "0\r\n\r\n",
     400, "Content-Length"},
    {"Transfer-Encoding, then Content-Length (9112 section 6.3)",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
     "0\r\n\r\n",
     400, "Content-Length"},
    {"another coding with Content-Length",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", 400,
     "Content-Length"},
    {"another coding (9112 section 6.1)",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "'gzip'"},
    {"chunked behind another coding (9112 section 6.1)",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501,
     "'gzip, chunked'"},
    {"identity (9112 section 7)",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: identity\r\n\r\n", 501, "'identity'"},
    {"a coding that ends like chunked",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501,
     "'xchunked'"},
    {"chunked twice (9112 section 6.1)",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400,
     "Transfer-Encoding"},
    {"chunked not last (9112 section 6.3)",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 400,
     "Transfer-Encoding"},
    {"an empty Transfer-Encoding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding:\r\n\r\n", 400,
     "Transfer-Encoding"},
    {"chunked behind an empty element",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: , chunked\r\n\r\n0\r\n\r\n", 400,
     "', chunked'"},
    {"two lines of chunked",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: "
     "chunked\r\n\r\n"
     "0\r\n\r\n",
     400, "Transfer-Encoding"},
    {"two lines of different codings",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
     "0\r\n\r\n",
     400, "Transfer-Encoding"},
    {"Transfer-Encoding in HTTP/1.0 (9112 section 6.1)",
     "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "HTTP/1.0"},
};

#define CHUNKED "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"

constexpr Row kChunks[] = {
    {"no chunk size (9112 section 7.1)", CHUNKED "\r\n\r\n0\r\n\r\n", 400, "chunk"},
    {"a chunk size that is no number", CHUNKED "xyz\r\nabc\r\n0\r\n\r\n", 400, "chunk size"},
    {"a byte that starts no chunk", CHUNKED "x", 400, "chunk size"},
    {"a chunk size of too many digits",
     CHUNKED "0000000000000000000000000000000003\r\nabc\r\n0\r\n\r\n", 400, "chunk size"},
    {"a negative chunk size", CHUNKED "-1\r\nabc\r\n0\r\n\r\n", 400, "chunk size"},
    {"a chunk size with 0x", CHUNKED "0x3\r\nabc\r\n0\r\n\r\n", 400, "chunk size"},
    {"a chunk size behind a space", CHUNKED " 3\r\nabc\r\n0\r\n\r\n", 400, "chunk size"},
    {"a chunk size before a space", CHUNKED "3 \r\nabc\r\n0\r\n\r\n", 400, "chunk size"},
    {"a chunk size beyond 64 bits", CHUNKED "10000000000000000\r\nabc\r\n0\r\n\r\n", 400,
     "chunk size"},
    {"a chunk size far beyond 64 bits", CHUNKED "fffffffffffffffffffffffffffff\r\nabc\r\n", 400,
     "chunk size"},
    {"a chunk longer than its size", CHUNKED "3\r\nabcd\r\n0\r\n\r\n", 400, "chunk"},
    {"a bare LF behind a chunk size", CHUNKED "3\nabc\r\n0\r\n\r\n", 400, "CR LF"},
    {"nothing but bare LF in the body", CHUNKED "3\nabc\n0\n\n", 400, "CR LF"},
    {"a bare LF behind a chunk", CHUNKED "3\r\nabc\n0\r\n\r\n", 400, "CR LF"},
    {"a bare CR behind a chunk size", CHUNKED "3\rabc\r\n0\r\n\r\n", 400, "CR LF"},
    {"an extension without a name (9112 section 7.1.1)", CHUNKED "3;\r\nabc\r\n0\r\n\r\n", 400,
     "'3;'"},
    {"an extension whose quotation does not end", CHUNKED "3;a=\"b\r\n", 400, "chunk size"},
    {"a last chunk whose quotation does not end", CHUNKED "0;a=\"b\r\n\r\n", 400, "chunk size"},
    {"a word behind a quotation", CHUNKED "3;a=\"b\"c\r\n", 400, "chunk size"},
    {"a bare LF behind the last chunk", CHUNKED "0\r\n\n", 400, "trailer"},
    {"a trailer that is no field, before its end", CHUNKED "0\r\nnon sense", 400, "trailer"},
    {"a control byte in an extension", CHUNKED "3;a=\"\x01\"\r\nabc\r\n0\r\n\r\n", 400,
     "extension"},
    {"a trailer without a colon (9112 section 7.1.2)", CHUNKED "0\r\nBad\r\n\r\n", 400, "trailer"},
    {"a folded trailer", CHUNKED "0\r\nX: a\r\n b\r\n\r\n", 400, "folded"},
    {"Content-Length as trailer (9110 section 6.5.1)", CHUNKED "0\r\nContent-Length: 1\r\n\r\n",
     400, "trailer"},
    {"Transfer-Encoding as trailer (9110 section 6.5.1)",
     CHUNKED "0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "trailer"},
};

#undef CHUNKED

void check(const Row& row, const Reading& reading) {
  BOOST_TEST_REQUIRE(reading.status() == ParseStatus::refused);
  const std::string& detail = reading.refusal().detail;
  BOOST_TEST(reading.refusal().status == row.status);
  BOOST_TEST_CONTEXT(detail) { BOOST_TEST((detail.find(row.word) != std::string::npos)); }
}

template <std::size_t kCount>
void check_at_every_cut(const Row (&rows)[kCount]) {
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Reading reading;
      reading.feed(row.wire);
      check(row, reading);
    }
    for (const auto& pieces : every_cut(row.wire)) {
      BOOST_TEST_CONTEXT(row.name << ", " << name_of_cut(pieces)) {
        Reading reading;
        for (const std::string_view piece : pieces) reading.feed(piece);
        check(row, reading);
      }
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_request_parser_refuse)

BOOST_AUTO_TEST_CASE(refuses_bad_request_lines) { check_at_every_cut(kRequestLines); }
BOOST_AUTO_TEST_CASE(refuses_bad_fields) { check_at_every_cut(kFields); }
BOOST_AUTO_TEST_CASE(refuses_ambiguous_framing) { check_at_every_cut(kFraming); }
BOOST_AUTO_TEST_CASE(refuses_bad_chunks) { check_at_every_cut(kChunks); }

BOOST_AUTO_TEST_CASE(refuses_a_bad_line_before_the_head_is_complete) {
  Reading reading;

  const ParseStatus status = reading.feed("GET / HTTP/1.1\r\nHost : h\r\nX");

  BOOST_TEST(status == ParseStatus::refused);
}

BOOST_AUTO_TEST_CASE(stays_refused) {
  RequestMessage message;
  RequestParser parser({});
  parser.start(message);
  parser.feed("GET\r\n");

  const ParseProgress progress = parser.feed("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

  BOOST_TEST(progress.status == ParseStatus::refused);
  BOOST_TEST(progress.consumed == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
