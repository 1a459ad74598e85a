#include "runtime/units.hpp"

#include <boost/test/unit_test.hpp>

using namespace plughost::python;

BOOST_AUTO_TEST_SUITE(python_runtime_units)

BOOST_AUTO_TEST_CASE(reads_durations) {
  BOOST_TEST(parse_duration("250ms").value().count() == 250);
  BOOST_TEST(parse_duration("2").value().count() == 2000);
  BOOST_TEST(parse_duration("60s").value().count() == 60'000);
  BOOST_TEST(parse_duration("5m").value().count() == 300'000);
  BOOST_TEST(parse_duration("1h").value().count() == 3'600'000);
  for (const char* wrong : {"", "s", "1 s", "1d", "-1s", "1.5s", "8761h", "99999999999999999999"}) {
    BOOST_TEST(!parse_duration(wrong).has_value(), wrong);
  }
}

BOOST_AUTO_TEST_CASE(reads_sizes) {
  BOOST_TEST(parse_size("7").value() == 7u);
  BOOST_TEST(parse_size("16KiB").value() == 16384u);
  BOOST_TEST(parse_size("2MiB").value() == 2u << 20);
  BOOST_TEST(parse_size("1GiB").value() == 1u << 30);
  for (const char* wrong : {"", "KiB", "1 KiB", "1KB", "1kib", "1025GiB"}) {
    BOOST_TEST(!parse_size(wrong).has_value(), wrong);
  }
}

BOOST_AUTO_TEST_SUITE_END()
