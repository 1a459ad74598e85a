#include "base/json.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

namespace plughost::json {
namespace {

using namespace std::string_view_literals;

struct Row {
  std::string_view name;
  std::string_view text;
  std::string_view json;  ///< without the quotes around it
};

constexpr Row kRows[] = {
    {"empty", "", ""},
    {"plain ASCII stands for itself", "a/b {c} 'd' ~", "a/b {c} 'd' ~"},
    {"quote and backslash", R"(say "\")", R"(say \"\\\")"},
    {"short escapes", "\b\f\n\r\t", R"(\b\f\n\r\t)"},
    {"other control bytes", "\0\x01\x1f\x7f"sv, R"(\u0000\u0001\u001f\u007f)"},
    {"two, three and four byte characters", "é€😀", "é€😀"},
    {"the last code point", "\xF4\x8F\xBF\xBF", "\xF4\x8F\xBF\xBF"},
    {"a lone continuation byte", "a\x80z", "a\uFFFDz"},
    {"bytes that never occur", "\xC0\xC1\xF5\xFF", "\uFFFD\uFFFD\uFFFD\uFFFD"},
    {"an overlong slash", "\xC0\xAF", "\uFFFD\uFFFD"},
    {"an overlong three byte form", "\xE0\x80\xAF", "\uFFFD\uFFFD\uFFFD"},
    {"a surrogate", "\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
    {"beyond U+10FFFF", "\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
    {"a character cut at the end is one U+FFFD", "a\xE2\x82", "a\uFFFD"},
    {"a cut character does not swallow what follows", "\xE2\x82\"x", "\uFFFD\\\"x"},
    {"four bytes cut by ASCII", "\xF0\x9F\x98z", "\uFFFDz"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(base_json)

BOOST_AUTO_TEST_CASE(writes_strings) {
  for (const Row& row : kRows) {
    BOOST_TEST_CONTEXT(row.name) {
      std::string out;

      append_string(out, row.text);

      BOOST_TEST(out == '"' + std::string(row.json) + '"');
    }
  }
}

BOOST_AUTO_TEST_CASE(appends_to_what_is_there) {
  std::string out = "[";

  append_string(out, "a");

  BOOST_TEST(out == "[\"a\"");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::json
