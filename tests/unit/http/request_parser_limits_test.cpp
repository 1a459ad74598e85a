#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "unit/http/reading.hpp"

namespace plughost::http {
namespace {

constexpr std::string_view kFive = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello";
constexpr std::string_view kChunked =
    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string get_of_size(std::size_t size) {
  const std::string begin = "GET / HTTP/1.1\r\nHost: h\r\nX: ";
  return begin + std::string(size - begin.size() - 4, 'x') + "\r\n\r\n";
}

std::string get_with_headers(std::size_t count) {
  std::string wire = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (std::size_t i = 1; i < count; ++i) wire += "X: y\r\n";
  return wire + "\r\n";
}

/// Both at once and byte by byte.
void check_refused(std::string_view wire, const ParserLimits& limits, std::uint64_t body_limit,
                   unsigned status) {
  Reading whole(limits, body_limit);
  Reading bytes(limits, body_limit);

  whole.feed(wire);
  for (const char& byte : wire) bytes.feed({&byte, 1});

  BOOST_TEST(whole.status() == ParseStatus::refused);
  BOOST_TEST(bytes.status() == ParseStatus::refused);
  BOOST_TEST(whole.refusal().status == status);
  BOOST_TEST(bytes.refusal().status == status);
  BOOST_TEST(whole.refusal().detail == bytes.refusal().detail);
}

void check_accepted(std::string_view wire, const ParserLimits& limits,
                    std::uint64_t body_limit = kUnknownLength) {
  Reading whole(limits, body_limit);
  Reading bytes(limits, body_limit);

  whole.feed(wire);
  for (const char& byte : wire) bytes.feed({&byte, 1});

  BOOST_TEST(whole.status() == ParseStatus::complete);
  BOOST_TEST(bytes.status() == ParseStatus::complete);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_request_parser_limits)

BOOST_AUTO_TEST_CASE(bounds_the_head) {
  const ParserLimits limits{1000, 100};

  check_accepted(get_of_size(1000), limits);
  check_refused(get_of_size(1001), limits, kUnknownLength, 431);
  check_refused(get_of_size(100'000), limits, kUnknownLength, 431);
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_the_end_of_a_long_head) {
  Reading reading(ParserLimits{100, 100});

  const ParseStatus status = reading.feed(get_of_size(200).substr(0, 100));

  BOOST_TEST(status == ParseStatus::refused);
}

BOOST_AUTO_TEST_CASE(bounds_the_target) {
  const ParserLimits limits{1000, 100};
  const std::string wire = "GET /" + std::string(1000, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n";

  check_refused(wire, limits, kUnknownLength, 414);
}

BOOST_AUTO_TEST_CASE(bounds_the_number_of_headers) {
  const ParserLimits limits{16 * 1024, 10};

  check_accepted(get_with_headers(10), limits);
  check_refused(get_with_headers(11), limits, kUnknownLength, 431);
}

BOOST_AUTO_TEST_CASE(takes_a_field_beyond_64_kib_when_allowed) {
  const std::string wire = get_of_size(200 * 1024);
  Reading reading(ParserLimits{256 * 1024, 100});

  reading.feed(wire.substr(0, 70'000));
  reading.feed(wire.substr(70'000));

  BOOST_TEST(reading.status() == ParseStatus::complete);
  BOOST_TEST(reading.message().header("x").size() > 190u * 1024);
}

BOOST_AUTO_TEST_CASE(bounds_a_folded_value_beyond_beasts_buffer) {
  const std::string wire = "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(5000, 'x') + "\r\n " +
                           std::string(5000, 'y') + "\r\n\r\n";

  check_refused(wire, {}, kUnknownLength, 400);
}

BOOST_AUTO_TEST_CASE(does_not_count_the_body_as_head) {
  const std::string body(5000, 'x');
  const std::string wire = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n" + body;

  check_accepted(wire, ParserLimits{100, 10});
}

BOOST_AUTO_TEST_CASE(bounds_a_body_by_its_announced_length) {
  check_accepted(kFive, {}, 5);
  check_refused(kFive, {}, 4, 413);
}

BOOST_AUTO_TEST_CASE(bounds_a_chunked_body) {
  const std::string wire = std::string(kChunked) + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";

  check_accepted(wire, {}, 5);
  check_refused(wire, {}, 4, 413);
}

BOOST_AUTO_TEST_CASE(bounds_chunks_that_exceed_64_bits_together) {
  const std::string wire = std::string(kChunked) + "1\r\na\r\nffffffffffffffff\r\nb";

  check_refused(wire, {}, kUnknownLength, 413);
}

BOOST_AUTO_TEST_CASE(forgets_the_body_limit_of_the_request_before) {
  Reading reading({}, 5);
  reading.feed(kFive);
  RequestMessage message;
  RequestParser parser({});
  parser.start(message);
  parser.feed(kFive.substr(0, kFive.size() - 5));
  parser.set_body_limit(4);

  parser.start(message);
  parser.feed(kFive.substr(0, kFive.size() - 5));

  BOOST_TEST(parser.feed("hello").status == ParseStatus::complete);
}

BOOST_AUTO_TEST_CASE(bounds_one_chunk_extension) {
  const std::string wire =
      std::string(kChunked) + "1;" + std::string(500, 'x') + "\r\na\r\n0\r\n\r\n";

  check_accepted(wire, {});
  check_refused(wire, ParserLimits{200, 10}, kUnknownLength, 431);
}

BOOST_AUTO_TEST_CASE(bounds_all_chunk_extensions_together) {
  std::string wire(kChunked);
  for (int i = 0; i < 200; ++i) wire += "1;xx\r\na\r\n";
  wire += "0\r\n\r\n";

  check_accepted(wire, {});
  check_refused(wire, ParserLimits{200, 10}, kUnknownLength, 431);
}

BOOST_AUTO_TEST_CASE(bounds_leading_zeros_of_a_chunk_size) {
  const std::string many = std::string(kChunked) + std::string(33, '0');
  const std::string few = std::string(kChunked) + std::string(31, '0') + "1\r\nx\r\n0\r\n\r\n";

  check_accepted(few, ParserLimits{200, 10});
  check_refused(many, ParserLimits{200, 10}, kUnknownLength, 400);
  check_refused(many + "1\r\nx\r\n0\r\n\r\n", ParserLimits{200, 10}, kUnknownLength, 400);
}

BOOST_AUTO_TEST_CASE(bounds_trailers) {
  const std::string long_trailer =
      std::string(kChunked) + "0\r\nX: " + std::string(500, 'x') + "\r\n\r\n";
  std::string many_trailers = std::string(kChunked) + "0\r\n";
  for (int i = 0; i < 20; ++i) many_trailers += "X: y\r\n";
  many_trailers += "\r\n";

  check_accepted(long_trailer, {});
  check_refused(long_trailer, ParserLimits{200, 10}, kUnknownLength, 431);
  check_accepted(many_trailers, {});
  check_refused(many_trailers, ParserLimits{1000, 10}, kUnknownLength, 431);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
