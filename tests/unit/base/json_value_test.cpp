#include "base/json_value.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

namespace plughost::json {
namespace {

/// The tree in a notation of its own: KIND(text) [items] {name=value}.
std::string shown(const Value& value) {
  switch (value.kind) {
    case Value::Kind::null:
      return "null(" + value.text + ')';
    case Value::Kind::boolean:
      return "boolean(" + value.text + ')';
    case Value::Kind::number:
      return "number(" + value.text + ')';
    case Value::Kind::string:
      return "string(" + value.text + ')';
    case Value::Kind::array: {
      std::string text = "[";
      for (const Value& item : value.items) text += shown(item) + ' ';
      return text + ']';
    }
    case Value::Kind::object: {
      std::string text = "{";
      for (const Member& member : value.members) text += member.name + '=' + shown(member.value);
      return text + '}';
    }
  }
  return "";
}

struct Row {
  std::string_view json;
  std::string_view tree;
};

constexpr Row kRows[] = {
    {"null", "null(null)"},
    {" true ", "boolean(true)"},
    {"false", "boolean(false)"},
    {"12345678901234567890123", "number(12345678901234567890123)"},
    {"-1.50e+7", "number(-1.50e+7)"},
    {R"("a\"\u00e9\ud83d\ude00\n")", "string(a\"é😀\n)"},
    {"[]", "[]"},
    {R"([1, [null], "x"])", "[number(1) [null(null) ] string(x) ]"},
    {R"({"b": {"c": []}, "a": true, "b": 2})", "{b={c=[]}a=boolean(true)b=number(2)}"},
};

constexpr Row kMistakes[] = {
    {"", "at byte 0: The document is empty."},
    {"{\"a\": 1", "at byte 7: Missing a comma or '}' after an object member."},
    {"[1 2]", "at byte 3: Missing a comma or ']' after an array element."},
    {"\"\xC3\"", "at byte 1: Invalid encoding in string."},
    {"1 1", "at byte 2: The document root must not be followed by other values."},
    {"NaN", "at byte 0: Invalid value."},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(base_json_value)

BOOST_AUTO_TEST_CASE(keeps_what_is_written) {
  for (const auto& row : kRows) {
    BOOST_TEST_CONTEXT(row.json) {
      const auto value = parse(row.json);

      BOOST_REQUIRE(value);
      BOOST_TEST(shown(value.value()) == row.tree);
    }
  }
}

BOOST_AUTO_TEST_CASE(says_where_it_is_no_json) {
  for (const auto& row : kMistakes) {
    BOOST_TEST_CONTEXT(row.json) {
      const auto value = parse(row.json);

      BOOST_REQUIRE(!value);
      BOOST_TEST(value.error() == row.tree);
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_nested_too_deeply) {
  BOOST_TEST(bool(parse(std::string(64, '[') + std::string(64, ']'))));

  const auto value = parse(std::string(100'000, '['));

  BOOST_REQUIRE(!value);
  BOOST_TEST(value.error().ends_with("nested in more than 64 levels"), value.error());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::json
