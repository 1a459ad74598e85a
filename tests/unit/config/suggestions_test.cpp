#include "config/suggestions.hpp"

#include <boost/test/unit_test.hpp>

using namespace plughost::config;

namespace {

const std::vector<std::string> kWords{"timeout", "io", "GET", "threads", "write_timeout"};

}  // namespace

BOOST_AUTO_TEST_SUITE(config_suggestions)

BOOST_AUTO_TEST_CASE(finds_the_nearest_word) {
  const struct {
    const char* word;
    const char* expected;
  } rows[] = {
      {"timout", "timeout"},
      {"tiemout", "timeout"},
      {"Timeout", "timeout"},
      {"time_out", "timeout"},
      {"GTE", "GET"},
      {"get", "GET"},
      {"ii", "io"},
      {"thread", "threads"},
      {"write-timeout", "write_timeout"},
      {"completely", ""},
      {"x", ""},
      {"", ""},
      {"PATCH", ""},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.word) { BOOST_TEST(nearest(row.word, kWords) == row.expected); }
  }
}

BOOST_AUTO_TEST_CASE(asks_a_question) {
  BOOST_TEST(did_you_mean("timout", kWords) == " (did you mean 'timeout'?)");
  BOOST_TEST(did_you_mean("completely", kWords) == "");
}

BOOST_AUTO_TEST_CASE(does_not_compare_monsters) {
  BOOST_TEST(nearest(std::string(1'000'000, 't'), kWords) == "");
}

BOOST_AUTO_TEST_SUITE_END()
