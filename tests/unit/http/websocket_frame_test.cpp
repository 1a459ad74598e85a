#include "http/websocket_frame.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

namespace plughost::http::websocket {
namespace {

using namespace std::string_view_literals;

std::string head_of(std::uint64_t length, bool compressed = false) {
  char head[kFrameHead];
  return {head, write_frame_head(head, Opcode::binary, compressed, length)};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_websocket_frame)

// RFC 6455 section 5.7 has the examples.
BOOST_AUTO_TEST_CASE(writes_lengths_in_as_few_bytes_as_they_need) {
  BOOST_TEST(head_of(0) == "\x82\x00"sv);
  BOOST_TEST(head_of(125) == "\x82\x7D"sv);
  BOOST_TEST(head_of(126) == "\x82\x7E\x00\x7E"sv);
  BOOST_TEST(head_of(256) == "\x82\x7E\x01\x00"sv);
  BOOST_TEST(head_of(65535) == "\x82\x7E\xFF\xFF"sv);
  BOOST_TEST(head_of(65536) == "\x82\x7F\x00\x00\x00\x00\x00\x01\x00\x00"sv);
}

BOOST_AUTO_TEST_CASE(marks_compressed_messages) { BOOST_TEST(head_of(1, true) == "\xC2\x01"sv); }

BOOST_AUTO_TEST_CASE(writes_control_frames) {
  BOOST_TEST(control_frame(Opcode::pong, "Hello") == "\x8A\x05Hello"sv);
  BOOST_TEST(close_frame(kNormal, "bye") ==
             "\x88\x05\x03\xE8"
             "bye"sv);
  BOOST_TEST(close_frame(kNoStatus, "") == "\x88\x00"sv);
}

BOOST_AUTO_TEST_CASE(cuts_a_long_reason_between_characters) {
  const std::string reason = std::string(122, 'x') + "\xC3\xB6";  // 124 bytes, 123 fit

  const std::string frame = close_frame(kNormal, reason);

  BOOST_TEST(frame.size() == 2u + 2u + 122u);
  BOOST_TEST(frame[1] == char(124));
}

BOOST_AUTO_TEST_CASE(knows_which_close_codes_may_be_sent) {
  for (const unsigned code : {1000u, 1001u, 1002u, 1003u, 1007u, 1008u, 1009u, 1010u, 1011u, 1012u,
                              1013u, 1014u, 3000u, 3999u, 4000u, 4999u}) {
    BOOST_TEST(is_wire_close_code(code), code);
  }
  for (const unsigned code :
       {0u, 999u, 1004u, 1005u, 1006u, 1015u, 1016u, 1100u, 2000u, 2999u, 5000u, 65535u}) {
    BOOST_TEST(!is_wire_close_code(code), code);
  }
}

BOOST_AUTO_TEST_CASE(masks_from_any_offset) {
  const std::uint8_t key[4] = {0x37, 0xFA, 0x21, 0x3D};
  const std::string plain = "Hello, and more than two times eight bytes";
  std::string whole = plain;
  apply_mask(whole.data(), whole.size(), key, 0);

  BOOST_TEST(whole.substr(0, 5) == "\x7F\x9F\x4D\x51\x58");  // section 5.7
  for (std::size_t cut = 0; cut <= plain.size(); ++cut) {
    std::string pieces = plain;
    apply_mask(pieces.data(), cut, key, 0);
    apply_mask(pieces.data() + cut, pieces.size() - cut, key, cut);
    BOOST_TEST(pieces == whole, "cut at " << cut);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http::websocket
