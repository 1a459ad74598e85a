#include "config/json_writer.hpp"

#include <boost/test/unit_test.hpp>

using namespace plughost::config;

BOOST_AUTO_TEST_SUITE(config_json_writer)

BOOST_AUTO_TEST_CASE(types_plain_scalars_by_the_core_schema) {
  const struct {
    const char* text;
    const char* json;
  } rows[] = {
      {"", "null"},
      {"~", "null"},
      {"null", "null"},
      {"Null", "null"},
      {"NULL", "null"},
      {"nULL", R"("nULL")"},
      {"true", "true"},
      {"True", "true"},
      {"TRUE", "true"},
      {"false", "false"},
      {"False", "false"},
      {"FALSE", "false"},
      {"tRUE", R"("tRUE")"},
      {"yes", R"("yes")"},
      {"no", R"("no")"},
      {"on", R"("on")"},
      {"y", R"("y")"},
      {"0", "0"},
      {"7", "7"},
      {"-7", "-7"},
      {"+7", "7"},
      {"-0", "0"},
      {"007", "7"},
      {"123456789012345678901234567890", "123456789012345678901234567890"},
      {"-99999999999999999999", "-99999999999999999999"},
      {"0x1F", "31"},
      {"0xff", "255"},
      {"0o17", "15"},
      {"0xFFFFFFFFFFFFFFFF", "18446744073709551615"},
      {"0x", R"("0x")"},
      {"0xg", R"("0xg")"},
      {"0o8", R"("0o8")"},
      {"-0x1", R"("-0x1")"},
      {"0b1", R"("0b1")"},
      {"1_000", R"("1_000")"},
      {"1.5", "1.5"},
      {"1.", "1.0"},
      {".5", "0.5"},
      {"-.5", "-0.5"},
      {"+1.5", "1.5"},
      {"01.5", "1.5"},
      {"1e3", "1.0e3"},
      {"1E+3", "1.0e+3"},
      {"1.25e-3", "1.25e-3"},
      {"1e-999", "1.0e-999"},
      {"-0.0", "-0.0"},
      {".", R"(".")"},
      {"-", R"("-")"},
      {"1e", R"("1e")"},
      {"e3", R"("e3")"},
      {".e3", R"(".e3")"},
      {"1.2.3", R"("1.2.3")"},
      {"1 2", R"("1 2")"},
      {"12:30", R"("12:30")"},
      {"2026-01-01", R"("2026-01-01")"},
      {"+", R"("+")"},
      {"--1", R"("--1")"},
      {"a\"b", R"("a\"b")"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      std::string out;
      BOOST_TEST(append_plain_scalar(row.text, out));
      BOOST_TEST(out == row.json);
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_numbers_that_json_cannot_hold) {
  for (const char* text : {".inf", "-.Inf", "+.INF", ".nan", ".NaN", ".NAN", "1e999", "-1e999",
                           "0x10000000000000000"}) {
    BOOST_TEST_CONTEXT(text) {
      std::string out;
      BOOST_TEST(!append_plain_scalar(text, out));
    }
  }
}

BOOST_AUTO_TEST_CASE(escapes_pointers) {
  BOOST_TEST(member_pointer("", "a") == "/a");
  BOOST_TEST(member_pointer("/a", "b/c~d") == "/a/b~1c~0d");
  BOOST_TEST(member_pointer("/a", "") == "/a/");
}

BOOST_AUTO_TEST_SUITE_END()
