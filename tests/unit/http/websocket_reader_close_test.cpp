#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "unit/http/websocket_client.hpp"

namespace plughost::http::websocket {
namespace {

using namespace std::string_view_literals;

struct Row {
  std::string_view name;
  std::string wire;
  Event event;
  unsigned code;
  std::string reason;  ///< of a close
};

const Row kRows[] = {
    {"nothing said (7.1.5)", client_frame(0x88, ""), Event::close, 1005, ""},
    {"a code", client_close(1000), Event::close, 1000, ""},
    {"a code and a reason", client_close(1001, "over \xE2\x82\xAC"), Event::close, 1001,
     "over \xE2\x82\xAC"},
    {"a reason as long as it may be", client_close(1000, std::string(123, 'r')), Event::close, 1000,
     std::string(123, 'r')},
    {"a library's code", client_close(3999), Event::close, 3999, ""},
    {"an application's code", client_close(4999), Event::close, 4999, ""},
    {"half a code (5.5.1)", client_frame(0x88, "\x03"), Event::failed, 1002, {}},
    {"code 0", client_close(0), Event::failed, 1002, {}},
    {"code 999", client_close(999), Event::failed, 1002, {}},
    {"code 1004", client_close(1004), Event::failed, 1002, {}},
    {"code 1005, which is never sent", client_close(1005), Event::failed, 1002, {}},
    {"code 1006, which is never sent", client_close(1006), Event::failed, 1002, {}},
    {"code 1015, which is never sent", client_close(1015), Event::failed, 1002, {}},
    {"code 1016", client_close(1016), Event::failed, 1002, {}},
    {"code 2999", client_close(2999), Event::failed, 1002, {}},
    {"code 5000", client_close(5000), Event::failed, 1002, {}},
    {"code 65535", client_close(65535), Event::failed, 1002, {}},
    {"a reason that is not UTF-8", client_close(1000, "\xFF"), Event::failed, 1007, {}},
    {"a reason that ends inside a character",
     client_close(1000, "\xE2\x82"),
     Event::failed,
     1007,
     {}},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_websocket_reader_close)

BOOST_AUTO_TEST_CASE(judges_close_frames_at_every_cut) {
  for (const Row& row : kRows) {
    for (const auto& pieces : every_cut(row.wire)) {
      BOOST_TEST_CONTEXT(row.name << ", " << name_of_cut(pieces)) {
        Reader reader(1000, std::nullopt);

        const auto reads = read_all(reader, pieces);

        BOOST_REQUIRE(reads.size() == 1u);
        BOOST_TEST(reads.front().event == row.event);
        BOOST_TEST(reader.closing().code == row.code);
        if (row.event == Event::close) BOOST_TEST(reader.closing().reason == row.reason);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(closes_inside_a_fragmented_message) {
  Reader reader(1000, std::nullopt);

  const auto reads = read_all(reader, {client_frame(0x01, "a") + client_close(1000)});

  BOOST_REQUIRE(reads.size() == 1u);
  BOOST_TEST(reads.front().event == Event::close);
}

BOOST_AUTO_TEST_CASE(reads_nothing_behind_a_close) {
  Reader reader(1000, std::nullopt);
  std::string close = client_close(1000);
  std::string_view wire = close;
  reader.read(wire);
  std::string more = client_frame(0x81, "late");
  wire = more;

  BOOST_TEST(reader.read(wire) == Event::close);
  BOOST_TEST(wire.size() == more.size());
}

BOOST_AUTO_TEST_CASE(reads_nothing_behind_a_failure) {
  Reader reader(1000, std::nullopt);
  std::string_view wire = "\x83"sv;
  reader.read(wire);
  std::string more = client_frame(0x81, "late");
  wire = more;

  BOOST_TEST(reader.read(wire) == Event::failed);
  BOOST_TEST(reader.closing().code == 1002u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http::websocket
