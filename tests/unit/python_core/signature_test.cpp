#include "core/signature.hpp"

#include <boost/test/unit_test.hpp>

#include "interpreter.hpp"

using namespace plughost::python;
using plughost::python::test::eval;
using plughost::python::test::repr;

BOOST_AUTO_TEST_SUITE(python_core_signature)

BOOST_AUTO_TEST_CASE(reads_the_rows_of_a_plan) {
  Signature signature;

  BOOST_TEST_REQUIRE(read_signature(
      eval("[('request', 'request', ('any', False, None)), ('id', 'path', ('int', False, None)), "
           "('n', 'field', ('list', True, ('float', False, None)), None), "
           "('body', 'raw_body', ('any', False, None))]")
          .get(),
      signature));

  const auto& rows = signature.parameters;
  BOOST_TEST_REQUIRE(rows.size() == 4u);
  BOOST_TEST(signature.takes_request);
  BOOST_TEST(repr(signature.keywords) == "('request', 'id', 'n', 'body')");
  BOOST_TEST((rows[0].source == Parameter::Source::kRequest));
  BOOST_TEST((rows[1].source == Parameter::Source::kPath));
  BOOST_TEST((rows[1].type.kind == Type::Kind::kInt));
  BOOST_TEST(!rows[1].fallback);
  BOOST_TEST((rows[2].type.kind == Type::Kind::kList));
  BOOST_TEST(rows[2].type.optional);
  BOOST_TEST((rows[2].type.item->kind == Type::Kind::kFloat));
  BOOST_TEST(rows[2].fallback.get() == Py_None);
  BOOST_TEST((rows[3].source == Parameter::Source::kRawBody));
}

BOOST_AUTO_TEST_CASE(takes_the_methods_of_a_converter) {
  Signature signature;
  const PyRef plan = eval(
      "[('when', 'field', ('custom', False, type('C', (), {'from_json': int, 'from_all': len})))]");

  BOOST_TEST_REQUIRE(read_signature(plan.get(), signature));

  const Type& type = signature.parameters.front().type;
  BOOST_TEST((type.kind == Type::Kind::kCustom));
  BOOST_TEST(repr(type.from_json) == "<class 'int'>");
  BOOST_TEST(repr(type.from_all) == "<built-in function len>");
}

BOOST_AUTO_TEST_CASE(refuses_a_plan_it_does_not_know) {
  for (const char* plan :
       {"[('a', 'cookie', ('any', False, None))]", "[('a', 'field', ('uuid', False, None))]",
        "[('a', 'field', ('custom', False, None))]", "[('a',)]", "7"}) {
    Signature signature;

    BOOST_TEST(!read_signature(eval(plan).get(), signature), plan);
    BOOST_TEST(PyErr_Occurred() != nullptr, plan);
    PyErr_Clear();
  }
}

BOOST_AUTO_TEST_SUITE_END()
