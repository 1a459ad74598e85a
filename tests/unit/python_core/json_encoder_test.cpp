#include "core/json_encoder.hpp"

#include <boost/test/unit_test.hpp>

#include "core/json_decoder.hpp"
#include "interpreter.hpp"

using namespace plughost::python;
using plughost::python::test::eval;

namespace {

struct Encoded {
  bool done;
  std::string text;
  std::string error;
};

Encoded encode(const PyRef& value) {
  Encoded result;
  result.done = encode_json(value.get(), result.text, result.error);
  BOOST_TEST(PyErr_Occurred() == nullptr);
  return result;
}

std::string text_of(const PyRef& text) { return std::string(utf8_of(text.get())); }

/// Expressions whose value json.dumps can write.
constexpr const char* kLikeJsonDumps[] = {
    "None",
    "True",
    "False",
    "0",
    "-1",
    "2**63-1",
    "-2**63",
    "2**63",
    "-2**200",
    "10**4299",
    "0.0",
    "-0.0",
    "1.0",
    "0.1",
    "1e16",
    "1e22",
    "123456789012345680.0",
    "5e-324",
    "1.7976931348623157e308",
    "''",
    "'plain'",
    "'exactly8'",
    "'sixteen chars ok'",
    "'sixteen \"chars ok'",
    "'quote \" back \\\\ slash /'",
    "''.join(map(chr, range(0, 0x21)))",
    "'\\x7f\\x80\\u2028\\uffff'",
    "'\\u00e4\\u20ac\\U0001f600'",
    "[]",
    "{}",
    "()",
    "[[]]",
    "[1, [2, (3,)], {}]",
    "{'a': {'b': [1, None]}}",
    "{1: 'a', -2**70: 'b', 1.5: 'c', True: 'd', None: 'f'}",
    "{False: 0}",
    "{'a\"b': 1, '\\u00e4': 2}",
    "Text('t')",
    "Whole(7)",
    "Real(2.5)",
    "Color.RED",
    "{Color.RED: Color.RED}",
    "{Text('k'): 1}",
    "collections.OrderedDict(b=1, a=2)",
    "Backwards(a=1, b=2)",
    "collections.Counter('aab')",
    "[0] * 1000",
    "nested(500)",
};

struct Refusal {
  const char* name;
  const char* expression;
  const char* error;
};

constexpr Refusal kRefusals[] = {
    {"nan", "{'a': [0, float('nan')]}", "$.a[1]: nan is not JSON"},
    {"infinity", "[float('-inf')]", "$[0]: an infinity is not JSON"},
    {"nan as a key", "{float('nan'): 1}", "$[nan]: nan is not JSON"},
    {"set", "{'a': {'b': {1}}}", "$.a.b: a value of type set is not JSON"},
    {"bytes", "b'x'", "$: a value of type bytes is not JSON"},
    {"type with a module", "{'d': collections.deque()}",
     "$.d: a value of type collections.deque is not JSON"},
    {"tuple as a key", "{'a': {(1, 2): 3}}",
     "$.a: a key of type tuple (keys are str, int, float, bool or None)"},
    {"lone surrogate", "['ok', '\\ud800']", "$[1]: a string with a lone surrogate is not JSON"},
    {"lone surrogate as a key", "{'\\ud800': 1}",
     "$['\\ud800']: a string with a lone surrogate is not JSON"},
    {"cycle", "cycle()", "$.a[0]: a reference back to what contains it"},
    {"key that is not a word", "{'a b': {0: {2}}}", "$['a b'][0]: a value of type set is not JSON"},
    {"integer beyond the limit", "{'n': [10**4300]}",
     "$.n[0]: an integer of more than 4300 digits (sys.get_int_max_str_digits)"},
    {"items() that raises", "{'a': Failing()}", "$.a: items() failed: ValueError: no items"},
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(python_core_json_encoder, plughost::python::test::LoadedState)

BOOST_AUTO_TEST_CASE(writes_what_json_dumps_writes) {
  for (const char* expression : kLikeJsonDumps) {
    BOOST_TEST_CONTEXT(expression) {
      const Encoded encoded = encode(eval(expression));

      BOOST_TEST(encoded.done);
      BOOST_TEST(encoded.error == "");
      BOOST_TEST(encoded.text == text_of(eval(std::string("dumps(") + expression + ")")));
    }
  }
}

BOOST_AUTO_TEST_CASE(writes_what_json_dumps_writes_for_random_values) {
  const PyRef values = eval("[random_value(random.Random(seed)) for seed in range(4000)]");
  const PyRef texts = eval("[dumps(random_value(random.Random(seed))) for seed in range(4000)]");

  for (Py_ssize_t seed = 0; seed < 4000; ++seed) {
    const Encoded encoded = encode(PyRef::borrow(PyList_GET_ITEM(values.get(), seed)));

    BOOST_TEST_REQUIRE(encoded.done, "seed " << seed << ": " << encoded.error);
    const auto expected = utf8_of(PyList_GET_ITEM(texts.get(), seed));
    BOOST_TEST_REQUIRE(encoded.text == expected, "seed " << seed);
  }
}

BOOST_AUTO_TEST_CASE(refuses_with_the_key_path) {
  for (const Refusal& refusal : kRefusals) {
    BOOST_TEST_CONTEXT(refusal.name) {
      const Encoded encoded = encode(eval(refusal.expression));

      BOOST_TEST(!encoded.done);
      BOOST_TEST(encoded.error == refusal.error);
    }
  }
}

BOOST_AUTO_TEST_CASE(puts_into_simpler_words_what_json_dumps_refuses) {
  const std::pair<const char*, const char*> rows[] = {
      {"Shade.DARK", R"("dark")"},
      {"Shade.DAY", R"("2026-11-25")"},
      {"[Node(Node(1))]", R"([{"value":{"value":1,"next":null},"next":null}])"},
      {"(lambda n: [n, n])(Node(1))", R"([{"value":1,"next":null},{"value":1,"next":null}])"},
      {"{Shade.DARK: 1, Shade.DAY: 2, decimal.Decimal('1.10'): 3}",
       R"({"dark":1,"2026-11-25":2,"1.10":3})"},
      {"datetime.datetime(2026, 1, 2, 3, 4, tzinfo=datetime.timezone.utc)",
       R"("2026-01-02T03:04:00+00:00")"},
      {"datetime.timedelta(days=1, seconds=1.5)", R"("P1DT1.5S")"},
  };
  for (const auto& row : rows) {
    const Encoded encoded = encode(eval(row.first));

    BOOST_TEST(encoded.done, row.first << encoded.error);
    BOOST_TEST(encoded.text == row.second);
  }
}

BOOST_AUTO_TEST_CASE(names_what_has_no_simpler_words) {
  const std::pair<const char*, const char*> rows[] = {
      {"record_cycle()", "$.next.back[0]: a reference back to what contains it"},
      {"{'a': Node(Node)}", "$.a.value: a value of type type is not JSON"},
      {"{'a': Broken()}",
       "$.a: a value of type Broken cannot be read: AttributeError: 'Broken' object has no "
       "attribute 'x'"},
      {"{'a': {Node(1).__class__: 1}}",
       "$.a: a key of type type (keys are str, int, float, bool or None)"},
      {"{'a': {(1,): 1}}", "$.a: a key of type tuple (keys are str, int, float, bool or None)"},
  };
  for (const auto& row : rows) {
    const Encoded encoded = encode(eval(row.first));

    BOOST_TEST(!encoded.done, row.first);
    BOOST_TEST(encoded.error == row.second);
  }
}

BOOST_AUTO_TEST_CASE(refuses_nesting_beyond_the_limit) {
  const std::string depth = std::to_string(kMaxJsonWriteDepth);

  BOOST_TEST(encode(eval("nested(" + depth + ")")).done);
  const Encoded deeper = encode(eval("nested(" + depth + " + 1)"));
  BOOST_TEST(!deeper.done);
  BOOST_TEST(deeper.error.find("nested deeper than 1024 levels") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(writes_deeper_than_what_can_be_read) {
  BOOST_TEST(kMaxJsonWriteDepth > kMaxJsonReadDepth);
}

BOOST_AUTO_TEST_CASE(shows_both_ends_of_a_long_path) {
  const auto in_lists = [](int depth) {
    const std::string n = std::to_string(depth);
    return "eval('[' * " + n + " + '{1}' + ']' * " + n + ")";
  };
  const auto steps = [](int n) {
    std::string text;
    while (n-- > 0) text += "[0]";
    return text;
  };

  BOOST_TEST(encode(eval(in_lists(16))).error ==
             "$" + steps(16) + ": a value of type set is not JSON");
  BOOST_TEST(encode(eval(in_lists(17))).error ==
             "$" + steps(8) + "…" + steps(8) + ": a value of type set is not JSON");
}

BOOST_AUTO_TEST_CASE(writes_one_object_twice_where_it_is_no_cycle) {
  const Encoded encoded = encode(eval("(lambda x: [x, x, {'a': x}])([1])"));

  BOOST_TEST(encoded.text == R"([[1],[1],{"a":[1]}])");
}

BOOST_AUTO_TEST_CASE(appends_to_what_is_there) {
  std::string out = "before";
  std::string error;

  BOOST_TEST(encode_json(eval("[1]").get(), out, error));

  BOOST_TEST(out == "before[1]");
}

BOOST_AUTO_TEST_SUITE_END()
