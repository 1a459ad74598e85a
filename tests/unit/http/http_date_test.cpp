#include "http/http_date.hpp"

#include <boost/test/unit_test.hpp>

namespace plughost::http {
namespace {

constexpr std::time_t kExample = 784111777;  // the one of RFC 9110 section 5.6.7
constexpr std::time_t kNow = 1'800'000'000;  // 2027

constexpr std::string_view kForms[] = {
    "Sun, 06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT",
    "Sun Nov  6 08:49:37 1994",
};

constexpr std::string_view kWrong[] = {
    "",
    "now",
    "784111777",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 GMT ",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Xyz, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 nov 1994 08:49:37 GMT",
    "Sun, 31 Apr 1994 08:49:37 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 24:49:37 GMT",
    "Sun, 06 Nov 1994 08:60:37 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT",
    "Sun, +6 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-1994 08:49:37 GMT",
    "Sun Nov 6 08:49:37 1994",
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_http_date)

BOOST_AUTO_TEST_CASE(writes_imf_fixdate) {
  BOOST_TEST(format_date(kExample) == "Sun, 06 Nov 1994 08:49:37 GMT");
  BOOST_TEST(format_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
}

BOOST_AUTO_TEST_CASE(reads_the_three_forms) {
  for (const std::string_view text : kForms) {
    BOOST_TEST_CONTEXT(text) {
      const auto time = parse_date(text, kNow);
      BOOST_REQUIRE(time.has_value());
      BOOST_TEST(*time == kExample);
    }
  }
}

BOOST_AUTO_TEST_CASE(reads_nothing_else) {
  for (const std::string_view text : kWrong) {
    BOOST_TEST_CONTEXT(text) { BOOST_TEST(!parse_date(text, kNow).has_value()); }
  }
}

BOOST_AUTO_TEST_CASE(takes_two_digits_for_the_nearest_century) {
  BOOST_TEST(*parse_date("Tuesday, 01-Jan-75 00:00:00 GMT", kNow) ==
             *parse_date("Tue, 01 Jan 2075 00:00:00 GMT", kNow));
  BOOST_TEST(*parse_date("Sunday, 01-Jan-78 00:00:00 GMT", kNow) ==
             *parse_date("Sun, 01 Jan 1978 00:00:00 GMT", kNow));
}

BOOST_AUTO_TEST_CASE(takes_a_leap_second) {
  BOOST_TEST(*parse_date("Sat, 31 Dec 2016 23:59:60 GMT", kNow) ==
             *parse_date("Sun, 01 Jan 2017 00:00:00 GMT", kNow));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
