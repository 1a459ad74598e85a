#include "http/websocket_reader.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "unit/http/websocket_client.hpp"

namespace plughost::http::websocket {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

constexpr std::uint64_t kLimit = 1000;

struct Row {
  std::string_view name;
  std::string wire;
  std::vector<Read> reads;
};

const Row kGood[] = {
    {"a text", client_frame(0x81, "Hello"), {{Event::text, "Hello"}}},
    {"an empty text", client_frame(0x81, ""), {{Event::text, ""}}},
    {"a binary", client_frame(0x82, "\x00\xFF"sv), {{Event::binary, "\x00\xFF"s}}},
    {"125 bytes",
     client_frame(0x82, std::string(125, 'x')),
     {{Event::binary, std::string(125, 'x')}}},
    {"126 bytes",
     client_frame(0x82, std::string(126, 'x')),
     {{Event::binary, std::string(126, 'x')}}},
    {"a ping with a payload", client_frame(0x89, "ping"), {{Event::ping, "ping"}}},
    {"a ping of 125 bytes",
     client_frame(0x89, std::string(125, 'p')),
     {{Event::ping, std::string(125, 'p')}}},
    {"an empty pong", client_frame(0x8A, ""), {{Event::pong, ""}}},
    {"two messages",
     client_frame(0x81, "a") + client_frame(0x82, "b"),
     {{Event::text, "a"}, {Event::binary, "b"}}},
    {"fragments",
     client_frame(0x01, "Hel") + client_frame(0x00, "l") + client_frame(0x80, "o"),
     {{Event::text, "Hello"}}},
    {"empty fragments",
     client_frame(0x02, "") + client_frame(0x00, "") + client_frame(0x80, ""),
     {{Event::binary, ""}}},
    {"control frames between fragments",
     client_frame(0x01, "Hel") + client_frame(0x89, "p") + client_frame(0x8A, "q") +
         client_frame(0x80, "lo"),
     {{Event::ping, "p"}, {Event::pong, "q"}, {Event::text, "Hello"}}},
    {"a character cut by fragments",
     client_frame(0x01, "\xE2") + client_frame(0x80, "\x82\xAC"),
     {{Event::text, "\xE2\x82\xAC"}}},
    {"the limit",
     client_frame(0x82, std::string(kLimit, 'x')),
     {{Event::binary, std::string(kLimit, 'x')}}},
    {"the limit in fragments",
     client_frame(0x02, std::string(kLimit - 1, 'x')) + client_frame(0x80, "x"),
     {{Event::binary, std::string(kLimit, 'x')}}},
    {"the limit twice",
     client_frame(0x82, std::string(kLimit, 'x')) + client_frame(0x82, std::string(kLimit, 'y')),
     {{Event::binary, std::string(kLimit, 'x')}, {Event::binary, std::string(kLimit, 'y')}}},
};

struct BadRow {
  std::string_view name;
  std::string wire;
  unsigned code;
  std::string_view word;  ///< of the reason
};

/// The first two bytes of a frame and no more: they are enough.
std::string first_bytes(unsigned first, unsigned second) {
  return {static_cast<char>(first), static_cast<char>(second)};
}

const BadRow kBad[] = {
    {"no mask (5.1)", first_bytes(0x81, 0x05), 1002, "mask"},
    {"RSV1 without an extension (5.2)", "\xC1", 1002, "reserved"},
    {"RSV2", "\xA1", 1002, "reserved"},
    {"RSV3", "\x91", 1002, "reserved"},
    {"RSV1 of a ping", "\xC9", 1002, "reserved"},
    {"opcode 3", "\x83", 1002, "opcode"},
    {"opcode 7", "\x87", 1002, "opcode"},
    {"opcode 11", "\x8B", 1002, "opcode"},
    {"opcode 15", "\x8F", 1002, "opcode"},
    {"a fragmented ping (5.5)", "\x09", 1002, "fragmented"},
    {"a fragmented pong", "\x0A", 1002, "fragmented"},
    {"a fragmented Close", "\x08", 1002, "fragmented"},
    {"a ping of 126 bytes (5.5)", first_bytes(0x89, 0xFE), 1002, "125"},
    {"a Close with a 64-bit length", first_bytes(0x88, 0xFF), 1002, "125"},
    {"a continuation of nothing (5.4)", "\x80", 1002, "continuation"},
    {"an unfinished continuation of nothing", std::string(1, '\0'), 1002, "continuation"},
    {"a continuation behind a whole message", client_frame(0x81, "a") + "\x80", 1002,
     "continuation"},
    {"a message inside another", client_frame(0x01, "a") + "\x81", 1002, "inside"},
    {"an unfinished message inside another", client_frame(0x01, "a") + "\x02", 1002, "inside"},
    {"125 in two bytes (5.2)",
     "\x82\xFE\x00\x7D"
     "mask"s,
     1002, "length"},
    {"65535 in eight bytes",
     "\x82\xFF\x00\x00\x00\x00\x00\x00\xFF\xFF"
     "mask"s,
     1002, "length"},
    {"a length with its top bit set",
     "\x82\xFF\x80\x00\x00\x00\x00\x01\x00\x00"
     "mask"s,
     1002, "64 bits"},
    {"one byte too many, at its length",
     client_frame(0x82, std::string(kLimit + 1, 'x')).substr(0, 8), 1009, "too big"},
    {"one byte too many in fragments",
     client_frame(0x02, std::string(kLimit, 'x')) + client_frame(0x80, "x").substr(0, 6), 1009,
     "too big"},
    {"four exabytes",
     "\x82\xFF\x40\x00\x00\x00\x00\x00\x00\x00"
     "mask"s,
     1009, "too big"},
    {"text that is not UTF-8", client_frame(0x81, "a\xFFz"), 1007, "UTF-8"},
    {"text that ends inside a character", client_frame(0x81, "\xE2\x82"), 1007, "UTF-8"},
    {"bad text in the first fragment", client_frame(0x01, "\xC0"), 1007, "UTF-8"},
    {"fragments that make no character", client_frame(0x01, "\xE2") + client_frame(0x00, "x"), 1007,
     "UTF-8"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_websocket_reader)

BOOST_AUTO_TEST_CASE(reads_frames_at_every_cut) {
  for (const Row& row : kGood) {
    for (const auto& pieces : every_cut(row.wire)) {
      BOOST_TEST_CONTEXT(row.name << ", " << name_of_cut(pieces)) {
        Reader reader(kLimit, std::nullopt);

        const auto reads = read_all(reader, pieces);

        BOOST_TEST(reads == row.reads, boost::test_tools::per_element());
        BOOST_TEST(reader.held() == 0u);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_bad_frames_at_every_cut) {
  for (const BadRow& row : kBad) {
    for (const auto& pieces : every_cut(row.wire)) {
      BOOST_TEST_CONTEXT(row.name << ", " << name_of_cut(pieces)) {
        Reader reader(kLimit, std::nullopt);

        const auto reads = read_all(reader, pieces);

        BOOST_REQUIRE(!reads.empty());
        BOOST_TEST(reads.back().event == Event::failed);
        BOOST_TEST(reader.closing().code == row.code);
        BOOST_TEST_INFO(reader.closing().reason);
        BOOST_TEST(reader.closing().reason.find(row.word) != std::string::npos);
        BOOST_TEST(reader.held() == 0u);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_text_at_its_first_bad_byte) {
  Reader reader(kLimit, std::nullopt);
  const std::string frame = client_frame(0x81, "good\xF4\x90 and what never arrives");
  std::string_view start = std::string_view(frame).substr(0, 6 + 6);

  BOOST_TEST(reader.read(start) == Event::failed);
}

BOOST_AUTO_TEST_CASE(takes_memory_only_for_bytes_that_arrived) {
  Reader reader(std::uint64_t{1} << 40, std::nullopt);
  std::string_view wire = "\x82\xFF\x00\x00\x00\x80\x00\x00\x00\x00mask\x01"sv;  // 512 GiB

  BOOST_TEST(reader.read(wire) == Event::none);
  BOOST_TEST(reader.held() == 1u);
}

BOOST_AUTO_TEST_CASE(gives_a_message_away) {
  Reader reader(kLimit, std::nullopt);
  const std::string frames = client_frame(0x81, "first") + client_frame(0x81, "second");
  std::string_view wire = frames;

  BOOST_TEST(reader.read(wire) == Event::text);
  BOOST_TEST(reader.take_message() == "first");
  BOOST_TEST(reader.read(wire) == Event::text);
  BOOST_TEST(reader.take_message() == "second");
}

BOOST_AUTO_TEST_CASE(takes_a_frame_of_64_kib) {
  const std::string payload(65536, 'x');
  const std::string frame = client_frame(0x82, payload);
  Reader reader(65536, std::nullopt);
  std::string_view wire = frame;

  BOOST_TEST(reader.read(wire) == Event::binary);
  BOOST_TEST((reader.payload() == payload));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http::websocket
