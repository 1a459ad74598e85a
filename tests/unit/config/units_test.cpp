#include "config/units.hpp"

#include <boost/test/unit_test.hpp>

#include "config/quote.hpp"

using namespace plughost::config;

BOOST_AUTO_TEST_SUITE(config_units)

BOOST_AUTO_TEST_CASE(reads_durations) {
  const struct {
    const char* text;
    long milliseconds;
  } rows[] = {{"250ms", 250}, {"60s", 60000}, {"5m", 300000}, {"1h", 3600000},       {"7", 7000},
              {"0", 0},       {"0s", 0},      {"007s", 7000}, {"8760h", 31536000000}};
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto duration = parse_duration(row.text);
      BOOST_REQUIRE(duration);
      BOOST_TEST(duration.value().count() == row.milliseconds);
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_duration) {
  const char kRule[] = " is not a duration; write a whole number with ms, s, m or h";
  const struct {
    const char* text;
    std::string message;
  } rows[] = {
      {"", std::string("''") + kRule},
      {"s", std::string("'s'") + kRule},
      {"-1s", std::string("'-1s'") + kRule},
      {"5x", std::string("'5x'") + kRule},
      {"1.5s", std::string("'1.5s'") + kRule},
      {"5 s", std::string("'5 s'") + kRule + " (did you mean '5s'?)"},
      {"5sec", std::string("'5sec'") + kRule + " (did you mean '5s'?)"},
      {"5min", std::string("'5min'") + kRule + " (did you mean '5m'?)"},
      {"5MS", std::string("'5MS'") + kRule + " (did you mean '5ms'?)"},
      {"5millis", std::string("'5millis'") + kRule + " (did you mean '5ms'?)"},
      {"2H", std::string("'2H'") + kRule + " (did you mean '2h'?)"},
      {"8761h", "'8761h' is too long; at most 8760h"},
      {"99999999999999999999s", "'99999999999999999999s' is too long; at most 8760h"},
      {"18446744073709551615h", "'18446744073709551615h' is too long; at most 8760h"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto duration = parse_duration(row.text);
      BOOST_REQUIRE(!duration);
      BOOST_TEST(duration.error() == row.message);
    }
  }
}

BOOST_AUTO_TEST_CASE(reads_sizes) {
  const struct {
    const char* text;
    std::uint64_t bytes;
  } rows[] = {{"0", 0},
              {"512", 512},
              {"16KiB", 16384},
              {"10MiB", 10485760},
              {"2GiB", 2147483648},
              {"1024GiB", 1099511627776}};
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto size = parse_size(row.text);
      BOOST_REQUIRE(size);
      BOOST_TEST(size.value() == row.bytes);
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_size) {
  const char kRule[] = " is not a size; write bytes, or a whole number with KiB, MiB or GiB";
  const struct {
    const char* text;
    std::string message;
  } rows[] = {
      {"KiB", std::string("'KiB'") + kRule},
      {"5x", std::string("'5x'") + kRule},
      {"1.5MiB", std::string("'1.5MiB'") + kRule},
      {"10MB", std::string("'10MB'") + kRule + " (did you mean '10MiB'?)"},
      {"16k", std::string("'16k'") + kRule + " (did you mean '16KiB'?)"},
      {"1 gib", std::string("'1 gib'") + kRule + " (did you mean '1GiB'?)"},
      {"1025GiB", "'1025GiB' is too large; at most 1024GiB"},
      {"18446744073709551616", "'18446744073709551616' is too large; at most 1024GiB"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto size = parse_size(row.text);
      BOOST_REQUIRE(!size);
      BOOST_TEST(size.error() == row.message);
    }
  }
}

BOOST_AUTO_TEST_CASE(reads_whole_numbers_only) {
  BOOST_TEST(parse_count("0").value() == 0u);
  BOOST_TEST(parse_count("18446744073709551615").value() == 18446744073709551615u);
  BOOST_TEST(parse_count("18446744073709551616").error() == "'18446744073709551616' is too large");
  for (const char* text : {"", "-1", "+1", "1.0", "0x10", "1e3", " 1", "many"}) {
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST(parse_count(text).error() == quote(text) + " is not a whole number");
    }
  }
}

BOOST_AUTO_TEST_CASE(writes_the_largest_unit_that_divides) {
  BOOST_TEST(format_duration(std::chrono::milliseconds(1)) == "1ms");
  BOOST_TEST(format_duration(std::chrono::milliseconds(90000)) == "90s");
  BOOST_TEST(format_duration(std::chrono::milliseconds(7200000)) == "2h");
  BOOST_TEST(format_size(128) == "128");
  BOOST_TEST(format_size(64 * 1024 * 1024) == "64MiB");
}

BOOST_AUTO_TEST_SUITE_END()
