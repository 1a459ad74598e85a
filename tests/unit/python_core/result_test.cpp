#include "core/result.hpp"

#include <boost/test/unit_test.hpp>

#include "interpreter.hpp"

using namespace plughost::python;
namespace pt = plughost::python::test;

namespace {

constexpr char kJson[] = "application/json";
constexpr char kText[] = "text/plain; charset=utf-8";
constexpr char kBytes[] = "application/octet-stream";

struct Row {
  const char* result;
  unsigned status;
  const char* type;
  const char* body;
};

constexpr Row kRows[] = {
    {"{'a': 1}", 200, kJson, "{\"a\":1}"},
    {"collections.OrderedDict(a=1)", 200, kJson, "{\"a\":1}"},
    {"[1, 2]", 200, kJson, "[1,2]"},
    {"7", 200, kJson, "7"},
    {"1.5", 200, kJson, "1.5"},
    {"True", 200, kJson, "true"},
    {"Color.RED", 200, kJson, "1"},
    {"'\\u00e4'", 200, kText, "\u00e4"},
    {"''", 200, kText, ""},
    {"Text('t')", 200, kText, "t"},
    {"b'a\\xff'", 200, kBytes, "a\xff"},
    {"bytearray(b'ab')", 200, kBytes, "ab"},
    {"None", 204, "", ""},
    {"({'a': 1}, 201)", 201, kJson, "{\"a\":1}"},
    {"(None, 202)", 202, "", ""},
    {"('x', 200, {'Content-Type': 'text/html'})", 200, "", "x"},
    {"('gone', 204)", 204, "", ""},
    {"('gone', 205)", 205, "", ""},
    {"({'a': 1}, 205, {'Content-Type': 'a/b', 'X-A': 'b'})", 205, "", ""},
    {"('gone', 304)", 304, "", ""},
    {"Point(1, 2)", 200, kJson, "[1,2]"},
    {"(Point(1, 2), 201)", 201, kJson, "[1,2]"},
    {"((1, 2), 201)", 201, kJson, "[1,2]"},
    {"Node([1])", 200, kJson, "{\"value\":[1],\"next\":null}"},
    {"(Node(1), 201)", 201, kJson, "{\"value\":1,\"next\":null}"},
    {"[Node(1)]", 200, kJson, "[{\"value\":1,\"next\":null}]"},
    {"Shade.DARK", 200, kJson, "\"dark\""},
    {"datetime.date(2026, 1, 2)", 200, kJson, "\"2026-01-02\""},
    {"Response(uuid.UUID(int=1))", 200, kJson, "\"00000000-0000-0000-0000-000000000001\""},
    {"(True, 200)", 200, kJson, "true"},
    {"Response()", 200, "", ""},
    {"Response('x', 404)", 404, kText, "x"},
    {"Response(b'x', content_type='image/png')", 200, "image/png", "x"},
    {"Response([1], headers={'X-A': 'b'})", 200, kJson, "[1]"},
    {"Response(None)", 200, "", ""},
};

struct Refusal {
  const char* result;
  const char* why;
};

constexpr Refusal kRefusals[] = {
    {"{1, 2}",
     "returned a value of type set; it must be dict, list, str, bytes, int, float, bool, None, "
     "Response, an iterator or a tuple (body, status[, headers])"},
    {"Node",
     "returned a value of type type; it must be dict, list, str, bytes, int, float, bool, None, "
     "Response, an iterator or a tuple (body, status[, headers])"},
    {"Node({1})", "the result cannot be sent as JSON: $.value: a value of type set is not JSON"},
    {"Broken()",
     "returned what cannot be sent: a value of type Broken cannot be read: AttributeError: "
     "'Broken' "
     "object has no attribute 'x'"},
    {"{'a': {1}}", "the result cannot be sent as JSON: $.a: a value of type set is not JSON"},
    {"[float('inf')]", "the result cannot be sent as JSON: $[0]: an infinity is not JSON"},
    {"10**4300",
     "the result cannot be sent as JSON: $: an integer of more than 4300 digits "
     "(sys.get_int_max_str_digits)"},
    {"'\\ud800'", "returned a str with a lone surrogate, which has no UTF-8"},
    {"(1,)", "returned a tuple of 1; it must be (body, status) or (body, status, headers)"},
    {"('x', 'OK')", "the status must be an int from 200 to 599, not 'OK'"},
    {"('x', 99)", "the status must be an int from 200 to 599, not 99"},
    {"('x', 200, 'X-A: b')",
     "headers must be a dict or a list of (name, value) pairs, not 'X-A: b'"},
    {"Response('x', True)", "the status must be an int from 200 to 599, not True"},
    {"Response('x', content_type='a\\nb')",
     "header content-type: the value must not hold CR, LF or NUL: 'a\\nb'"},
};

PyRef result_of(const std::string& expression) {
  const PyRef package = PyRef::steal(PyImport_ImportModule("plughost"));
  BOOST_TEST_REQUIRE(static_cast<bool>(package));
  return pt::eval("(lambda Response: " + expression + ")(__import__('plughost').Response)");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(python_core_result, pt::LoadedState)

BOOST_AUTO_TEST_CASE(makes_an_answer_of_every_kind_of_result) {
  for (const Row& row : kRows) {
    BOOST_TEST_CONTEXT(row.result) {
      Reply reply;
      std::string why;

      BOOST_TEST(write_result(result_of(row.result).get(), reply, nullptr, why), why);

      BOOST_TEST(reply.status == row.status);
      BOOST_TEST(pt::header(reply, "content-type") == row.type);
      BOOST_TEST(reply.body == row.body);
    }
  }
}

BOOST_AUTO_TEST_CASE(lets_headers_choose_the_content_type) {
  Reply reply;
  std::string why;

  BOOST_TEST(
      write_result(result_of("({'a': 1}, 200, {'Content-Type': 'application/hal+json'})").get(),
                   reply, nullptr, why));

  BOOST_TEST(reply.headers.size() == 1u);
  BOOST_TEST(pt::header(reply, "Content-Type") == "application/hal+json");
}

BOOST_AUTO_TEST_CASE(says_what_cannot_be_sent) {
  for (const Refusal& refusal : kRefusals) {
    BOOST_TEST_CONTEXT(refusal.result) {
      Reply reply;
      std::string why;

      BOOST_TEST(!write_result(result_of(refusal.result).get(), reply, nullptr, why));

      BOOST_TEST(why == refusal.why);
      BOOST_TEST(PyErr_Occurred() == nullptr);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
