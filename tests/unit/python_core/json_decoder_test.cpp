#include "core/json_decoder.hpp"

#include <boost/test/unit_test.hpp>

#include "core/json_encoder.hpp"
#include "interpreter.hpp"

using namespace plughost::python;
using plughost::python::test::eval;
using plughost::python::test::repr;

namespace {

/// The Python object of text, or empty and error.
PyRef decode(std::string_view text, JsonError& error) {
  PyRef value = decode_json(text, error);
  BOOST_TEST(PyErr_Occurred() == nullptr);
  return value;
}

/// Texts json.loads reads.
constexpr const char* kLikeJsonLoads[] = {
    "null",
    "true",
    " false ",
    "0",
    "-0",
    "-1",
    "123456789012345678",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "1234567890123456789012345678901234567890",
    "0.0",
    "-0.0",
    "1.5",
    "1e5",
    "1E+2",
    "1e-400",
    "0.1",
    "2.2250738585072014e-308",
    "5e-324",
    "1.7976931348623157e308",
    "9007199254740993.0",
    "123456789.123456789123456789",
    "\"\"",
    "\"a\\\"b\\\\c\\/d\\b\\f\\n\\r\\t\"",
    "\"\\u0000\\u00e4\\u20ac\\ud83d\\ude00\"",
    "\"\u00e4\U0001f600\"",
    "[]",
    "[ ]",
    "{}",
    "[1,[2,[3,{}]]]",
    "{\"a\":1,\"b\":{\"c\":[null,true]}}",
    "{\"\":1}",
    "{\"a\":1,\"b\":2,\"a\":3}",
    "\t\n\r [1 , 2 ] \n",
};

struct Malformed {
  const char* name;
  std::string_view text;
  std::size_t byte;
};

constexpr Malformed kMalformed[] = {
    {"empty", "", 0},
    {"blank", "  ", 2},
    {"cut short", "[1,", 3},
    {"cut in a name", "{\"a", 3},
    {"second value", "{} {}", 3},
    {"trailing comma", "[1,]", 3},
    {"single quotes", "{'a':1}", 1},
    {"NaN", "[NaN]", 1},
    {"Infinity", "-Infinity", 1},
    {"leading zero", "[01]", 2},
    {"plus", "+1", 0},
    {"bare point", "1.", 2},
    {"control character", "\"a\nb\"", 2},
    {"bad escape", "\"\\x\"", 1},
    {"not UTF-8", "\"a\xff\"", 2},
    {"overlong UTF-8", "\"\xc0\xaf\"", 1},
    {"surrogate in UTF-8", "\"\xed\xa0\x80\"", 1},
    {"high surrogate alone", "\"\\ud800\"", 1},
    {"byte order mark", "\xef\xbb\xbf{}", 0},
    {"NUL after the value", std::string_view("{}\0{}", 5), 2},
    {"NUL in a string", std::string_view("\"a\0b\"", 5), 2},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(python_core_json_decoder)

BOOST_AUTO_TEST_CASE(reads_what_json_loads_reads) {
  for (const char* text : kLikeJsonLoads) {
    BOOST_TEST_CONTEXT(text) {
      JsonError error;
      const PyRef value = decode(text, error);

      BOOST_TEST_REQUIRE(static_cast<bool>(value), error.reason);
      const PyRef bytes = PyRef::steal(PyBytes_FromString(text));
      BOOST_TEST(repr(value) == repr(eval("json.loads(" + repr(bytes) + ")")));
    }
  }
}

BOOST_AUTO_TEST_CASE(agrees_with_json_loads_on_random_and_broken_texts) {
  const PyRef texts = eval(
      "[mutated(s, json.dumps(random_value(s), ensure_ascii=s.random() < 0.5, "
      "indent=s.choice([None, 1]))) for s in map(random.Random, range(6000))]");
  const PyRef strict_loads = eval("strict_loads");
  int read = 0;

  for (Py_ssize_t seed = 0; seed < 6000; ++seed) {
    PyObject* text = PyList_GET_ITEM(texts.get(), seed);
    const PyRef expected = PyRef::steal(PyObject_CallOneArg(strict_loads.get(), text));
    PyErr_Clear();
    JsonError error;
    const PyRef value =
        decode({PyBytes_AS_STRING(text), static_cast<std::size_t>(PyBytes_GET_SIZE(text))}, error);

    BOOST_TEST_REQUIRE(static_cast<bool>(value) == static_cast<bool>(expected),
                       "seed " << seed << ": " << repr(PyRef::borrow(text)) << " " << error.reason);
    if (!value) continue;
    ++read;
    BOOST_TEST_REQUIRE(repr(value) == repr(expected), "seed " << seed);
  }

  BOOST_TEST(read > 2000);
  BOOST_TEST(read < 5500);
}

BOOST_AUTO_TEST_CASE(says_at_which_byte_the_text_breaks) {
  for (const Malformed& malformed : kMalformed) {
    BOOST_TEST_CONTEXT(malformed.name) {
      JsonError error;
      const PyRef value = decode(malformed.text, error);

      BOOST_TEST(!value);
      BOOST_TEST((error.kind == JsonError::Kind::kMalformed));
      BOOST_TEST(error.byte == malformed.byte);
      BOOST_TEST(error.reason != "");
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_a_low_surrogate_alone) {
  JsonError error;

  BOOST_TEST(!decode("{\"a\":\"\\udc00\"}", error));
  BOOST_TEST(error.byte == 6u);
  BOOST_TEST(error.reason == "a surrogate without its pair");
  BOOST_TEST(!decode("{\"\\udc00\":1}", error));
  BOOST_TEST(error.byte == 2u);
  BOOST_TEST(error.reason == "a surrogate without its pair");
}

BOOST_AUTO_TEST_CASE(reads_integers_up_to_the_digits_limit) {
  JsonError error;
  const PyRef value = decode(std::string(4300, '7'), error);

  BOOST_TEST_REQUIRE(static_cast<bool>(value));
  BOOST_TEST(repr(value) == std::string(4300, '7'));
}

BOOST_AUTO_TEST_CASE(names_the_integer_beyond_the_digits_limit) {
  JsonError error;
  const PyRef value = decode("{\"a.b\":{\"c\":[1," + std::string(4301, '7') + "]}}", error);

  BOOST_TEST(!value);
  BOOST_TEST((error.kind == JsonError::Kind::kNumber));
  BOOST_TEST(error.field == "a.b");
  BOOST_TEST(error.where == ".c[1]");
  BOOST_TEST(error.reason == "an integer of 4301 digits is beyond the limit of 4300 digits");
}

BOOST_AUTO_TEST_CASE(names_the_float_out_of_range) {
  for (const char* text : {"[0, 1e999]", "[0, 17976931348623157e293]", "[0, -1e309]"}) {
    JsonError error;
    const PyRef value = decode(text, error);

    BOOST_TEST(!value, text);
    BOOST_TEST((error.kind == JsonError::Kind::kNumber));
    BOOST_TEST(error.field == "");
    BOOST_TEST(error.where == "[1]");
    BOOST_TEST(error.reason == "the number is out of the range of a float");
  }
}

BOOST_AUTO_TEST_CASE(refuses_nesting_beyond_the_limit) {
  JsonError error;
  const std::size_t limit = kMaxJsonReadDepth;

  BOOST_TEST(!!decode(std::string(limit, '[') + std::string(limit, ']'), error));
  BOOST_TEST(!decode(std::string(limit + 1, '[') + std::string(limit + 1, ']'), error));
  BOOST_TEST(error.reason == "nested too deep");
  BOOST_TEST((error.kind == JsonError::Kind::kMalformed));
  BOOST_TEST(!decode(std::string(1000000, '['), error));
}

BOOST_AUTO_TEST_CASE(refuses_every_cut_of_a_document) {
  const std::string text = "{\"a\":[1,-2.5e3,true,null,\"x\\u00e4\"],\"b\":{}}";

  for (std::size_t size = 0; size < text.size(); ++size) {
    JsonError error;
    BOOST_TEST(!decode(std::string_view(text).substr(0, size), error), size);
    BOOST_TEST(error.byte <= size);
  }
}

BOOST_AUTO_TEST_SUITE_END()
