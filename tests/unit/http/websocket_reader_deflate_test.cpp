#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "unit/http/websocket_client.hpp"

namespace plughost::http::websocket {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kHello = "\xf2\x48\xcd\xc9\xc9\x07\x00"sv;  // RFC 7692 section 7.2.3.1
constexpr std::string_view kHelloAgain = "\xf2\x00\x11\x00\x00"sv;

std::string deflated(std::string_view message) {
  Deflater deflater(15, true);
  std::string out;
  BOOST_REQUIRE(deflater.compress(message, out));
  return out;
}

void check_at_every_cut(const std::string& wire, const std::vector<Read>& expected) {
  for (const auto& pieces : every_cut(wire)) {
    BOOST_TEST_CONTEXT(name_of_cut(pieces)) {
      Reader reader(1000, DeflateTerms{});

      BOOST_TEST(read_all(reader, pieces) == expected, boost::test_tools::per_element());
    }
  }
}

unsigned code_of(const std::string& wire) {
  Reader reader(1000, DeflateTerms{});
  const auto reads = read_all(reader, {wire});
  BOOST_REQUIRE(!reads.empty());
  BOOST_TEST(reads.back().event == Event::failed);
  return reader.closing().code;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_websocket_reader_deflate)

BOOST_AUTO_TEST_CASE(reads_compressed_messages) {
  check_at_every_cut(client_frame(0xC1, kHello) + client_frame(0xC1, kHelloAgain),
                     {{Event::text, "Hello"}, {Event::text, "Hello"}});
}

BOOST_AUTO_TEST_CASE(reads_a_compressed_message_in_fragments) {
  check_at_every_cut(client_frame(0x41, kHello.substr(0, 3)) + client_frame(0x89, "p") +
                         client_frame(0x00, "") + client_frame(0x80, kHello.substr(3)),
                     {{Event::ping, "p"}, {Event::text, "Hello"}});
}

BOOST_AUTO_TEST_CASE(reads_messages_that_are_not_compressed) {
  check_at_every_cut(client_frame(0x81, "plain") + client_frame(0xC2, kHello),
                     {{Event::text, "plain"}, {Event::binary, "Hello"}});
}

BOOST_AUTO_TEST_CASE(reads_empty_compressed_messages) {
  check_at_every_cut(client_frame(0xC1, "\0"sv) + client_frame(0xC1, ""),
                     {{Event::text, ""}, {Event::text, ""}});
}

BOOST_AUTO_TEST_CASE(forgets_the_context_if_that_was_agreed) {
  DeflateTerms terms;
  terms.client_keeps_context = false;
  Reader reader(1000, terms);

  const auto reads =
      read_all(reader, {client_frame(0xC1, kHello), client_frame(0xC1, kHelloAgain)});

  BOOST_TEST(reads.back().event == Event::failed);
}

// RFC 7692 section 6.1: only the first frame of a message, and no control frame, has the bit.
BOOST_AUTO_TEST_CASE(refuses_the_bit_where_it_may_not_be) {
  BOOST_TEST(code_of(client_frame(0x41, kHello) + "\xC0") == 1002u);
  BOOST_TEST(code_of("\xC9") == 1002u);
  BOOST_TEST(code_of("\xC8") == 1002u);
  BOOST_TEST(code_of("\xE1") == 1002u);
}

BOOST_AUTO_TEST_CASE(refuses_damaged_data) {
  BOOST_TEST(code_of(client_frame(0xC1, "\xFF\xFF\xFF")) == 1007u);
  BOOST_TEST(code_of(client_frame(0xC1, kHello.substr(0, 3))) == 1007u);
}

BOOST_AUTO_TEST_CASE(checks_text_behind_the_compression) {
  BOOST_TEST(code_of(client_frame(0xC1, deflated("a\xFFz"))) == 1007u);
  BOOST_TEST(code_of(client_frame(0xC1, deflated("\xE2\x82"))) == 1007u);
}

BOOST_AUTO_TEST_CASE(bounds_a_message_by_its_size_decompressed) {
  BOOST_TEST(code_of(client_frame(0xC2, deflated(std::string(1001, 'x')))) == 1009u);
  BOOST_TEST(code_of(client_frame(0xC2, deflated(std::string(10'000'000, 'x')))) == 1009u);

  Reader reader(1000, DeflateTerms{});
  const auto reads = read_all(reader, {client_frame(0xC2, deflated(std::string(1000, 'x')))});
  BOOST_TEST(reads.back().event == Event::binary);
}

BOOST_AUTO_TEST_CASE(bounds_fragments_together) {
  const std::string half = deflated(std::string(600, 'x'));
  // A sender's flush inside a message: its tail stays.
  const std::string first = half + std::string("\x00\x00\xff\xff", 4);

  BOOST_TEST(code_of(client_frame(0x42, first) + client_frame(0x80, half)) == 1009u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http::websocket
