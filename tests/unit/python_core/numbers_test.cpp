#include "core/numbers.hpp"

#include <boost/test/unit_test.hpp>

#include "interpreter.hpp"

using namespace plughost::python;
using plughost::python::test::repr;

namespace {

struct Grammar {
  const char* text;
  bool integer;
  bool number;
};

constexpr Grammar kGrammar[] = {
    {"0", true, true},        {"-0", true, true},       {"7", true, true},
    {"-12", true, true},      {"100", true, true},      {"1.5", false, true},
    {"-0.0", false, true},    {"1e5", false, true},     {"1E+5", false, true},
    {"1.25e-7", false, true}, {"", false, false},       {"-", false, false},
    {"+1", false, false},     {"01", false, false},     {"-01", false, false},
    {"1.", false, false},     {".5", false, false},     {"1e", false, false},
    {"1e+", false, false},    {" 1", false, false},     {"1 ", false, false},
    {"1_000", false, false},  {"0x10", false, false},   {"nan", false, false},
    {"inf", false, false},    {"1.5.2", false, false},  {"--1", false, false},
    {"1e5.0", false, false},  {"\u0661", false, false},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(python_core_numbers)

BOOST_AUTO_TEST_CASE(knows_the_grammar_of_json_numbers) {
  for (const Grammar& row : kGrammar) {
    BOOST_TEST_CONTEXT("'" << row.text << "'") {
      BOOST_TEST(is_json_integer(row.text) == row.integer);
      BOOST_TEST(is_json_number(row.text) == row.number);
    }
  }
}

BOOST_AUTO_TEST_CASE(makes_integers_of_any_size) {
  for (const char* text :
       {"0", "-1", "999999999999999999", "-999999999999999999", "1000000000000000000",
        "9223372036854775808", "-99999999999999999999999"}) {
    std::string complaint;
    BOOST_TEST(repr(parse_integer(text, complaint)) == text);
  }
}

BOOST_AUTO_TEST_CASE(follows_the_limit_of_the_interpreter) {
  std::string complaint;
  PyRun_SimpleString("import sys; sys.set_int_max_str_digits(640)");

  const PyRef value = parse_integer("-" + std::string(641, '1'), complaint);
  const long limit = integer_digits_limit();

  PyRun_SimpleString("import sys; sys.set_int_max_str_digits(4300)");
  BOOST_TEST(!value);
  BOOST_TEST(limit == 640);
  BOOST_TEST(complaint == "an integer of 641 digits is beyond the limit of 640 digits");
}

BOOST_AUTO_TEST_CASE(makes_the_nearest_double) {
  std::string complaint;

  BOOST_TEST(repr(parse_float("0.1", complaint)) == "0.1");
  BOOST_TEST(repr(parse_float("9007199254740993", complaint)) == "9007199254740992.0");
  BOOST_TEST(!parse_float("1e309", complaint));
  BOOST_TEST(complaint == kFloatOutOfRange);
}

BOOST_AUTO_TEST_SUITE_END()
