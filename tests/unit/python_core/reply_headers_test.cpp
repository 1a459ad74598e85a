#include "core/reply_headers.hpp"

#include <boost/test/unit_test.hpp>

#include "interpreter.hpp"

using namespace plughost::python;
using plughost::python::test::eval;

namespace {

struct Row {
  const char* name;
  const char* headers;
  const char* outcome;  ///< "name=value;" for each, or what is wrong
};

constexpr Row kRows[] = {
    {"none", "None", ""},
    {"dict", "{'X-A': '1', 'X-B': ''}", "X-A=1;X-B=;"},
    {"pairs", "[('A', '1'), ('A', '2')]", "A=1;A=2;"},
    {"several values", "{'Set-Cookie': ['a=1', 'b=2']}", "Set-Cookie=a=1;Set-Cookie=b=2;"},
    {"Latin-1", "{'A': '\\u00e4'}", "A=\xe4;"},
    {"not Latin-1", "{'A': '\\u20ac'}", "header A: the value must be Latin-1 text, not '\\u20ac'"},
    {"LF", "{'A': 'x\\ny'}", "header A: the value must not hold CR, LF or NUL: 'x\\ny'"},
    {"CR", "{'A': 'x\\ry'}", "header A: the value must not hold CR, LF or NUL: 'x\\ry'"},
    {"NUL", "{'A': '\\0'}", "header A: the value must not hold CR, LF or NUL: '\\x00'"},
    {"value of a wrong type", "{'A': 1}", "header A: the value must be a str, not 1"},
    {"empty name", "{'': 'x'}",
     "a header name must be a str of letters, digits and hyphens, not ''"},
    {"name with a colon", "{'A:': 'x'}",
     "a header name must be a str of letters, digits and hyphens, not 'A:'"},
    {"name of a wrong type", "{1: 'x'}",
     "a header name must be a str of letters, digits and hyphens, not 1"},
    {"surrogate name", "{'\\ud800': 'x'}",
     "a header name must be a str of letters, digits and hyphens, not '\\ud800'"},
    {"text", "'A: b'", "headers must be a dict or a list of (name, value) pairs, not 'A: b'"},
    {"number", "5", "headers must be a dict or a list of (name, value) pairs, not 5"},
    {"no pair", "[('A',)]", "headers must be (name, value) pairs, not ('A',)"},
};

struct Status {
  const char* value;
  unsigned status;  ///< 0: refused
};

constexpr Status kStatuses[] = {
    {"200", 200}, {"599", 599},  {"__import__('http').HTTPStatus.NOT_FOUND", 404},
    {"199", 0},   {"600", 0},    {"True", 0},
    {"'200'", 0}, {"200.0", 0},  {"None", 0},
    {"-1", 0},    {"10**30", 0},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(python_core_reply_headers)

BOOST_AUTO_TEST_CASE(reads_headers_or_names_what_is_wrong) {
  for (const Row& row : kRows) {
    BOOST_TEST_CONTEXT(row.name) {
      Reply reply;
      std::string outcome;

      if (read_headers(eval(row.headers).get(), reply, outcome)) {
        for (const auto& header : reply.headers)
          outcome += header.first + "=" + header.second + ";";
      }

      BOOST_TEST(outcome == row.outcome);
      BOOST_TEST(PyErr_Occurred() == nullptr);
    }
  }
}

BOOST_AUTO_TEST_CASE(reads_a_status_from_200_to_599) {
  for (const Status& row : kStatuses) {
    BOOST_TEST_CONTEXT(row.value) {
      unsigned status = 0;
      std::string why;

      BOOST_TEST(read_status(eval(row.value).get(), status, why) == (row.status != 0));
      BOOST_TEST(status == row.status);
      BOOST_TEST(why.empty() == (row.status != 0));
    }
  }
}

BOOST_AUTO_TEST_CASE(knows_content_type_in_any_case) {
  BOOST_TEST(is_content_type("content-type"));
  BOOST_TEST(is_content_type("Content-Type"));
  BOOST_TEST(!is_content_type("content-length"));
  BOOST_TEST(!is_content_type("content-typ"));
}

BOOST_AUTO_TEST_SUITE_END()
