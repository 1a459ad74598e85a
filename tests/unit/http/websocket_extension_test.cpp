#include "http/websocket_extension.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

namespace plughost::http::websocket {
namespace {

struct Row {
  std::string_view offer;
  std::string_view answer;  ///< empty: declined
};

constexpr Row kRows[] = {
    {"permessage-deflate", "permessage-deflate; server_max_window_bits=12"},
    {"permessage-deflate; client_max_window_bits",
     "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12"},
    {"permessage-deflate; client_max_window_bits=15",
     "permessage-deflate; server_max_window_bits=12; client_max_window_bits=12"},
    {"permessage-deflate; client_max_window_bits=8",
     "permessage-deflate; server_max_window_bits=12; client_max_window_bits=8"},
    {"permessage-deflate; client_max_window_bits=\"10\"",
     "permessage-deflate; server_max_window_bits=12; client_max_window_bits=10"},
    {"permessage-deflate; server_max_window_bits=15",
     "permessage-deflate; server_max_window_bits=12"},
    {"permessage-deflate; server_max_window_bits=9",
     "permessage-deflate; server_max_window_bits=9"},
    {"permessage-deflate; server_no_context_takeover",
     "permessage-deflate; server_no_context_takeover; server_max_window_bits=12"},
    {"permessage-deflate; client_no_context_takeover",
     "permessage-deflate; client_no_context_takeover; server_max_window_bits=12"},
    {"permessage-deflate;client_no_context_takeover;server_no_context_takeover",
     "permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
     "server_max_window_bits=12"},
    {" x-unknown ; a=b , , permessage-deflate ", "permessage-deflate; server_max_window_bits=12"},
    {"permessage-deflate; server_max_window_bits=8, permessage-deflate",
     "permessage-deflate; server_max_window_bits=12"},
    {"permessage-deflate; x=1, permessage-deflate; server_max_window_bits=10",
     "permessage-deflate; server_max_window_bits=10"},
    {"", ""},
    {"x-unknown", ""},
    {"Permessage-Deflate", ""},
    {"permessage-deflate; unknown", ""},
    {"permessage-deflate; server_max_window_bits", ""},
    {"permessage-deflate; server_max_window_bits=8", ""},
    {"permessage-deflate; server_max_window_bits=16", ""},
    {"permessage-deflate; server_max_window_bits=09", ""},
    {"permessage-deflate; server_max_window_bits=1x", ""},
    {"permessage-deflate; client_max_window_bits=7", ""},
    {"permessage-deflate; client_max_window_bits=100", ""},
    {"permessage-deflate; client_max_window_bits=+9", ""},
    {"permessage-deflate; server_no_context_takeover=1", ""},
    {"permessage-deflate; client_no_context_takeover=true", ""},
    {"permessage-deflate; client_no_context_takeover; client_no_context_takeover", ""},
    {"permessage-deflate; client_max_window_bits=9; client_max_window_bits=9", ""},
};

constexpr std::string_view kBroken[] = {
    "permessage-deflate;",
    "permessage-deflate; =1",
    "permessage-deflate; a=",
    "permessage-deflate; a=\"1",
    "permessage-deflate; a=\"\"",
    "a b",
    "a;b c",
    "(",
    "a=b",
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_websocket_extension)

BOOST_AUTO_TEST_CASE(takes_the_first_offer_that_suits) {
  for (const Row& row : kRows) {
    BOOST_TEST_CONTEXT(row.offer) {
      const ExtensionChoice choice = choose_extensions({row.offer});

      BOOST_TEST(choice.well_formed);
      BOOST_TEST((choice.deflate ? extension_answer(*choice.deflate) : "") == row.answer);
    }
  }
}

BOOST_AUTO_TEST_CASE(reads_several_lines_as_one_list) {
  const auto choice = choose_extensions({"a, b; c", "permessage-deflate"});

  BOOST_TEST(choice.deflate.has_value());
}

BOOST_AUTO_TEST_CASE(tells_a_broken_list) {
  for (const std::string_view broken : kBroken) {
    BOOST_TEST_CONTEXT(broken) { BOOST_TEST(!choose_extensions({broken}).well_formed); }
  }
}

BOOST_AUTO_TEST_CASE(keeps_the_widest_window_for_a_client_that_cannot_narrow_its_own) {
  BOOST_TEST(choose_extensions({"permessage-deflate"}).deflate->client_window_bits == 15);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http::websocket
