#include <boost/test/unit_test.hpp>
#include <plughost/sdk/options.hpp>
#include <string>
#include <vector>

using plughost::sdk::Error;
using plughost::sdk::Options;

BOOST_AUTO_TEST_SUITE(abi_sdk_options)

BOOST_AUTO_TEST_CASE(takes_an_empty_object) {
  BOOST_CHECK_NO_THROW(Options("{}").refuse_all());
  BOOST_CHECK_NO_THROW(Options(" { \n } ").refuse_all());
}

BOOST_AUTO_TEST_CASE(points_to_the_first_key) {
  struct Row {
    const char* name;
    std::string json;
    std::string pointer;
  };
  const std::vector<Row> rows = {
      {"plain", R"({"mode":1,"next":2})", "/mode"},
      {"white space", "{\n \"mode\" : 1}", "/mode"},
      {"empty", R"({"":1})", "/"},
      {"pointer characters", R"({"a/b~c":1})", "/a~1b~0c"},
      {"short escapes", R"({"\"\\\/\n\t":1})", "/\"\\~1\n\t"},
      {"escaped ASCII", R"({"\u0041\u004a":1})", "/AJ"},
      {"escaped beyond ASCII", R"({"\u00e9\u20AC":1})", "/\xC3\xA9\xE2\x82\xAC"},
      {"escaped pair", R"({"\ud83d\ude00":1})", "/\xF0\x9F\x98\x80"},
      {"raw UTF-8", "{\"\xC3\xA9\":1}", "/\xC3\xA9"},
  };

  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_CHECK_EXCEPTION(Options(row.json).refuse_all(), Error, [&](const Error& error) {
        BOOST_TEST(error.key() == row.pointer);
        return error.status() == PH_E_CONFIG;
      });
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_object) {
  for (const char* json : {"", "[]", "null", "{", "{1"}) {
    BOOST_CHECK_EXCEPTION(Options(json).refuse_all(), Error,
                          [](const Error& error) { return error.status() == PH_E_INVALID; });
  }
}

BOOST_AUTO_TEST_SUITE_END()
