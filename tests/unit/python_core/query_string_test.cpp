#include "core/query_string.hpp"

#include <boost/test/unit_test.hpp>

using namespace plughost::python;

namespace {

struct Decoding {
  const char* raw;
  std::string_view decoded;
};

constexpr Decoding kDecodings[] = {
    {"", ""},         {"plain", "plain"},
    {"a+b", "a b"},   {"a%20b", "a b"},
    {"%2B", "+"},     {"%c3%A4", "\u00e4"},
    {"%", "%"},       {"%4", "%4"},
    {"%zz", "%zz"},   {"%%41", "%A"},
    {"%2541", "%41"}, {"100%", "100%"},
    {"%ff", "\xff"},  {"a%00b", std::string_view("a\0b", 3)},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(python_core_query_string)

BOOST_AUTO_TEST_CASE(decodes_form_text) {
  for (const Decoding& row : kDecodings) {
    BOOST_TEST(decode_form_text(row.raw) == row.decoded, row.raw);
  }
}

BOOST_AUTO_TEST_CASE(finds_every_value_of_a_name_in_order) {
  const QueryString query("a=1&b=2&a=3&&a&=4&%61=5&a=x=y");

  const std::vector<std::string_view> expected = {"1", "3", "", "5", "x=y"};
  BOOST_TEST(query.values("a") == expected, boost::test_tools::per_element());
  BOOST_TEST(query.values("").size() == 1);
  BOOST_TEST(query.values("c").empty());
}

BOOST_AUTO_TEST_CASE(has_no_values_when_empty) { BOOST_TEST(QueryString("").values("a").empty()); }

BOOST_AUTO_TEST_SUITE_END()
