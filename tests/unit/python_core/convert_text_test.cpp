#include "core/convert_text.hpp"

#include <boost/test/unit_test.hpp>

#include "interpreter.hpp"

using namespace plughost::python;
using plughost::python::test::repr;
using Kind = Type::Kind;

namespace {

Type list_of(Kind item) {
  Type type;
  type.kind = Kind::kList;
  auto item_type = std::make_unique<Type>();
  item_type->kind = item;
  type.item = std::move(item_type);
  return type;
}

Type scalar(Kind kind) {
  Type type;
  type.kind = kind;
  return type;
}

/// repr of the value, or "<where>: <reason>".
std::string outcome(const std::vector<std::string_view>& texts, const Type& type) {
  Mismatch mismatch;
  const PyRef value = convert_text(texts, type, mismatch);
  BOOST_TEST(PyErr_Occurred() == nullptr);
  return value ? repr(value) : mismatch.where + ": " + mismatch.reason;
}

struct Scalar {
  Kind kind;
  const char* text;
  const char* outcome;
};

constexpr Scalar kScalars[] = {
    {Kind::kInt, "42", "42"},
    {Kind::kInt, "-7", "-7"},
    {Kind::kInt, "123456789012345678901234567890", "123456789012345678901234567890"},
    {Kind::kInt, "1.0", ": \"1.0\" is not an integer"},
    {Kind::kInt, "007", ": \"007\" is not an integer"},
    {Kind::kInt, " 1", ": \" 1\" is not an integer"},
    {Kind::kInt, "true", ": \"true\" is not an integer"},
    {Kind::kInt, "", ": \"\" is not an integer"},
    {Kind::kFloat, "1", "1.0"},
    {Kind::kFloat, "-2.5e3", "-2500.0"},
    {Kind::kFloat, "nan", ": \"nan\" is not a number"},
    {Kind::kFloat, "1e999", ": \"1e999\": the number is out of the range of a float"},
    {Kind::kBool, "true", "True"},
    {Kind::kBool, "1", "True"},
    {Kind::kBool, "false", "False"},
    {Kind::kBool, "0", "False"},
    {Kind::kBool, "True", ": \"True\" is not true or false"},
    {Kind::kBool, "yes", ": \"yes\" is not true or false"},
    {Kind::kStr, "", "''"},
    {Kind::kStr, "a,b", "'a,b'"},
    {Kind::kStr, "\u00e4", "'\\xe4'"},
    {Kind::kStr, "a\xff", ": \"a\ufffd\" is not UTF-8"},
    {Kind::kAny, "12", "'12'"},
    {Kind::kBytes, "a\xff", "b'a\\xff'"},
    {Kind::kDict, "{}", ": \"{}\" is text, and an object can come only in a JSON body"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(python_core_convert_text)

BOOST_AUTO_TEST_CASE(converts_one_text) {
  for (const Scalar& row : kScalars) {
    BOOST_TEST(outcome({row.text}, scalar(row.kind)) == row.outcome);
  }
}

BOOST_AUTO_TEST_CASE(takes_numbers_and_bools_from_commas_and_repeated_keys) {
  BOOST_TEST(outcome({"1,2,3"}, list_of(Kind::kInt)) == "[1, 2, 3]");
  BOOST_TEST(outcome({"1", "2,3"}, list_of(Kind::kInt)) == "[1, 2, 3]");
  BOOST_TEST(outcome({"1,2.5"}, list_of(Kind::kFloat)) == "[1.0, 2.5]");
  BOOST_TEST(outcome({"1,false"}, list_of(Kind::kBool)) == "[True, False]");
}

BOOST_AUTO_TEST_CASE(takes_strings_from_repeated_keys_only) {
  BOOST_TEST(outcome({"a,b", "c"}, list_of(Kind::kStr)) == "['a,b', 'c']");
  BOOST_TEST(outcome({"a,b"}, list_of(Kind::kBytes)) == "[b'a,b']");
  BOOST_TEST(outcome({"1,2", "3"}, scalar(Kind::kList)) == "['1,2', '3']");
}

BOOST_AUTO_TEST_CASE(names_the_item_that_does_not_fit) {
  BOOST_TEST(outcome({"1,x"}, list_of(Kind::kInt)) == "[1]: \"x\" is not an integer");
  BOOST_TEST(outcome({"1,,2"}, list_of(Kind::kInt)) == "[1]: \"\" is not an integer");
  BOOST_TEST(outcome({""}, list_of(Kind::kInt)) == "[0]: \"\" is not an integer");
  BOOST_TEST(outcome({"a", "\xff"}, list_of(Kind::kStr)) == "[1]: \"\ufffd\" is not UTF-8");
}

BOOST_AUTO_TEST_CASE(refuses_a_scalar_given_twice) {
  BOOST_TEST(outcome({"1", "2"}, scalar(Kind::kInt)) ==
             ": given 2 times, first as \"1\", but is an integer");
}

BOOST_AUTO_TEST_CASE(takes_integers_up_to_the_digits_limit) {
  const std::string most(4300, '9');
  const std::string more(4301, '9');

  BOOST_TEST(outcome({most}, scalar(Kind::kInt)) == most);
  BOOST_TEST(outcome({more}, scalar(Kind::kInt)) ==
             ": \"" + std::string(64, '9') +
                 "\u2026\": an integer of 4301 digits is beyond the limit of 4300 digits");
}

BOOST_AUTO_TEST_SUITE_END()
