#include "core/convert_json.hpp"

#include <boost/test/unit_test.hpp>

#include "interpreter.hpp"

using namespace plughost::python;
using plughost::python::test::eval;
using plughost::python::test::repr;
using Kind = Type::Kind;

namespace {

struct Row {
  const char* type;
  const char* value;
  const char* outcome;  ///< repr of the result, or "<where>: <reason>"
};

constexpr Row kRows[] = {
    {"any", "None", "None"},
    {"any", "[1, 'a']", "[1, 'a']"},
    {"int", "7", "7"},
    {"int", "10**30", "1000000000000000000000000000000"},
    {"int", "1.0", ": 1.0 is not an integer"},
    {"int", "True", ": true is not an integer"},
    {"int", "'1'", ": \"1\" is not an integer"},
    {"int", "None", ": null is not an integer"},
    {"int?", "None", "None"},
    {"int?", "'x'", ": \"x\" is not an integer"},
    {"float", "1.5", "1.5"},
    {"float", "2", "2.0"},
    {"float", "True", ": true is not a number"},
    {"float", "10**309",
     ": 1000000000000000000000000000000000000000000000000000000000000000\u2026"
     " is out of the range of a float"},
    {"bool", "True", "True"},
    {"bool", "1", ": 1 is not true or false"},
    {"str", "'a'", "'a'"},
    {"str", "1", ": 1 is not a string"},
    {"bytes", "'\\u00e4'", "b'\\xc3\\xa4'"},
    {"bytes", "[1]", ": [1] is not a string"},
    {"list", "[1, None]", "[1, None]"},
    {"list", "{}", ": {} is not a list"},
    {"dict", "{'a': 1}", "{'a': 1}"},
    {"dict", "[]", ": [] is not an object"},
    {"list[int]", "[1, 2]", "[1, 2]"},
    {"list[int]", "[1, True]", "[1]: true is not an integer"},
    {"list[int]", "[1, None]", "[1]: null is not an integer"},
    {"list[float]", "[1, 2.5, 3]", "[1.0, 2.5, 3.0]"},
    {"list[bytes]", "['a']", "[b'a']"},
    {"dict[int]", "{'a': 1, 'b': 'x'}", ".b: \"x\" is not an integer"},
    {"dict[float]", "{'a': 1, 'b': 2.5}", "{'a': 1.0, 'b': 2.5}"},
};

Type scalar_of(std::string_view name) {
  constexpr std::pair<std::string_view, Kind> kKinds[] = {
      {"any", Kind::kAny}, {"int", Kind::kInt},     {"float", Kind::kFloat}, {"bool", Kind::kBool},
      {"str", Kind::kStr}, {"bytes", Kind::kBytes}, {"list", Kind::kList},   {"dict", Kind::kDict}};
  Type type;
  for (const auto& kind : kKinds) {
    if (kind.first == name) type.kind = kind.second;
  }
  return type;
}

/// "int?" is Optional[int], "list[int]" a list of int.
Type type_of(std::string_view text) {
  const std::size_t bracket = text.find('[');
  Type type = scalar_of(text.substr(0, text.find_first_of("[?")));
  type.optional = text.back() == '?';
  if (bracket != std::string_view::npos) {
    type.item =
        std::make_unique<Type>(scalar_of(text.substr(bracket + 1, text.size() - bracket - 2)));
  }
  return type;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(python_core_convert_json)

BOOST_AUTO_TEST_CASE(takes_only_values_of_the_type) {
  for (const Row& row : kRows) {
    BOOST_TEST_CONTEXT(row.type << " from " << row.value) {
      Mismatch mismatch;
      const PyRef value = convert_json(eval(row.value).get(), type_of(row.type), mismatch);

      BOOST_TEST(PyErr_Occurred() == nullptr);
      BOOST_TEST((value ? repr(value) : mismatch.where + ": " + mismatch.reason) == row.outcome);
    }
  }
}

BOOST_AUTO_TEST_CASE(leaves_the_value_it_converts_as_it_was) {
  const PyRef list = eval("[1, 2]");
  const PyRef dict = eval("{'a': 1}");
  Mismatch mismatch;

  const PyRef floats = convert_json(list.get(), type_of("list[float]"), mismatch);
  const PyRef float_dict = convert_json(dict.get(), type_of("dict[float]"), mismatch);

  BOOST_TEST(repr(floats) == "[1.0, 2.0]");
  BOOST_TEST(repr(list) == "[1, 2]");
  BOOST_TEST(repr(float_dict) == "{'a': 1.0}");
  BOOST_TEST(repr(dict) == "{'a': 1}");
}

BOOST_AUTO_TEST_CASE(hands_on_a_list_that_fits_without_a_copy) {
  const PyRef list = eval("[1, 2]");
  Mismatch mismatch;

  BOOST_TEST(convert_json(list.get(), type_of("list[int]"), mismatch).get() == list.get());
}

BOOST_AUTO_TEST_SUITE_END()
