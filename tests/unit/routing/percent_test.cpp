#include "routing/percent.hpp"

#include <boost/test/unit_test.hpp>

using plughost::routing::append_percent_decoded;

BOOST_AUTO_TEST_SUITE(routing_percent)

BOOST_AUTO_TEST_CASE(decodes_each_escape_once) {
  std::string out = "kept ";

  BOOST_TEST(append_percent_decoded(out, "a%20b%2fc%2Fd%25%32%30"));

  BOOST_TEST(out == "kept a b/c/d%20");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_escape) {
  for (const char* text : {"%", "%4", "%4g", "%g4", "a%00b", "100%"}) {
    BOOST_TEST_CONTEXT(text) {
      std::string out;
      BOOST_TEST(!append_percent_decoded(out, text));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
