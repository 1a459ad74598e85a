#include "http/utf8.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "unit/http/reading.hpp"

namespace plughost::http {
namespace {

using namespace std::string_view_literals;

enum class Verdict { complete, begun, refused };

struct Row {
  std::string_view name;
  std::string_view bytes;
  Verdict verdict;
};

constexpr Row kRows[] = {
    {"nothing", "", Verdict::complete},
    {"ASCII", "Hello, world: more than eight bytes", Verdict::complete},
    {"NUL and DEL", "\0\x7f"sv, Verdict::complete},
    {"two, three and four bytes among ASCII", "k\xC3\xB6sst \xE1\xBD\xB9 \xF0\x9F\x98\x80!",
     Verdict::complete},
    {"the first of two bytes, U+0080", "\xC2\x80", Verdict::complete},
    {"the last of two bytes, U+07FF", "\xDF\xBF", Verdict::complete},
    {"the first of three bytes, U+0800", "\xE0\xA0\x80", Verdict::complete},
    {"before the surrogates, U+D7FF", "\xED\x9F\xBF", Verdict::complete},
    {"behind the surrogates, U+E000", "\xEE\x80\x80", Verdict::complete},
    {"a noncharacter, U+FFFF", "\xEF\xBF\xBF", Verdict::complete},
    {"the first of four bytes, U+10000", "\xF0\x90\x80\x80", Verdict::complete},
    {"the last of all, U+10FFFF", "\xF4\x8F\xBF\xBF", Verdict::complete},
    {"one of two bytes", "a\xC3", Verdict::begun},
    {"two of three bytes", "\xE2\x82", Verdict::begun},
    {"three of four bytes", "\xF0\x9F\x98", Verdict::begun},
    {"a continuation byte alone", "abc\x80", Verdict::refused},
    {"an overlong slash of two bytes", "\xC0\xAF", Verdict::refused},
    {"an overlong form of C1", "\xC1\xBF", Verdict::refused},
    {"an overlong form of three bytes", "\xE0\x9F\xBF", Verdict::refused},
    {"an overlong form of four bytes", "\xF0\x8F\xBF\xBF", Verdict::refused},
    {"the first surrogate", "\xED\xA0\x80", Verdict::refused},
    {"the last surrogate", "\xED\xBF\xBF", Verdict::refused},
    {"beyond U+10FFFF", "\xF4\x90\x80\x80", Verdict::refused},
    {"a lead byte of five", "\xF8\x88\x80\x80\x80", Verdict::refused},
    {"FE", "\xFE", Verdict::refused},
    {"FF", "\xFF", Verdict::refused},
    {"a lead byte behind a lead byte", "\xC3\xC3", Verdict::refused},
    {"ASCII inside a sequence", "\xE2\x82 is cut short", Verdict::refused},
    {"bad behind long good text", "0123456789abcdef0123456789\xF5", Verdict::refused},
};

Verdict judge(const std::vector<std::string_view>& pieces) {
  Utf8Validator validator;
  for (const std::string_view piece : pieces) {
    if (!validator.write(piece)) return Verdict::refused;
  }
  return validator.is_complete() ? Verdict::complete : Verdict::begun;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_utf8)

BOOST_AUTO_TEST_CASE(judges_text_at_every_cut) {
  for (const Row& row : kRows) {
    for (const auto& pieces : every_cut(row.bytes)) {
      BOOST_TEST_CONTEXT(row.name << ", " << name_of_cut(pieces)) {
        BOOST_TEST((judge(pieces) == row.verdict));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_at_the_first_byte_that_cannot_be_right) {
  Utf8Validator validator;

  BOOST_TEST(validator.write("\xF4"));
  BOOST_TEST(!validator.write("\x90"));
}

BOOST_AUTO_TEST_CASE(takes_new_text_after_a_reset) {
  Utf8Validator validator;
  validator.write("\xE2\x82");

  validator.reset();

  BOOST_TEST(validator.write("a"));
  BOOST_TEST(validator.is_complete());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
