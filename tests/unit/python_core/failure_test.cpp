#include "core/failure.hpp"

#include <boost/test/unit_test.hpp>

#include "core/problem.hpp"
#include "interpreter.hpp"

using namespace plughost::python;
namespace pt = plughost::python::test;

namespace {

constexpr char kRaising[] = R"(
import sys
from plughost import HTTPError

class Gone(HTTPError):
    def __init__(self): super().__init__(410, "gone for good")

class Unprintable(Exception):
    def __str__(self): raise ValueError("no text")

def value_error(): raise ValueError("secret of the house")
def system_exit(): sys.exit(3)
def keyboard_interrupt(): raise KeyboardInterrupt
def generator_exit(): raise GeneratorExit
def unprintable(): raise Unprintable
def surrogate(): raise ValueError("\ud800")
def deep(): return deep()

def not_found(): raise HTTPError(404, "no such user")
def bare(): raise HTTPError(503)
def retry(): raise HTTPError(503, "later", {"Retry-After": "7", "Content-Type": "text/html"})
def subclass(): raise Gone
def bad_constructor(): raise HTTPError(200, "fine")
def bad_status():
    error = HTTPError(404)
    error.status = "404"
    raise error
def bad_header(): raise HTTPError(404, "x", {"X-A": 1})
)";

Reply raise_in(const std::string& function) {
  static const bool defined = (pt::define_module("raising", kRaising), true);
  BOOST_TEST(defined);
  pt::Head head;
  head.method("POST").path("/the/path");
  return pt::call("raising:" + function, head);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(python_core_failure)

BOOST_AUTO_TEST_CASE(hides_the_exception_from_the_client_and_logs_it) {
  const Reply reply = raise_in("value_error");

  BOOST_TEST(reply.status == 500u);
  BOOST_TEST(pt::header(reply, "content-type") == "application/problem+json");
  BOOST_TEST(pt::member(reply, "detail") == kHandlerFailed);
  BOOST_TEST(pt::member(reply, "instance") == "/the/path");
  BOOST_TEST(!contains(reply.body, "secret"));
  BOOST_TEST(contains(reply.log, "python raising:value_error failed on POST /the/path\nTraceback"));
  BOOST_TEST(contains(reply.log, "raising.py\", line 11, in value_error"));
  BOOST_TEST(contains(reply.log, "ValueError: secret of the house"));
}

BOOST_AUTO_TEST_CASE(survives_what_ends_a_program) {
  for (const char* function : {"system_exit", "keyboard_interrupt", "generator_exit", "deep"}) {
    const Reply reply = raise_in(function);

    BOOST_TEST(reply.status == 500u, function);
    BOOST_TEST(contains(reply.log, "Traceback"), function);
  }
}

BOOST_AUTO_TEST_CASE(logs_exceptions_that_cannot_be_printed) {
  BOOST_TEST(contains(raise_in("unprintable").log, "Unprintable"));
  BOOST_TEST(contains(raise_in("surrogate").log, "ValueError: \\ud800"));
}

BOOST_AUTO_TEST_CASE(answers_an_http_error_as_it_says) {
  const Reply reply = raise_in("not_found");

  BOOST_TEST(reply.status == 404u);
  BOOST_TEST(pt::member(reply, "title") == "Not Found");
  BOOST_TEST(pt::member(reply, "detail") == "no such user");
  BOOST_TEST(reply.log == "");
  BOOST_TEST(!contains(raise_in("bare").body, "detail"));
  BOOST_TEST(raise_in("subclass").status == 410u);
}

BOOST_AUTO_TEST_CASE(keeps_the_headers_of_an_http_error_but_not_its_content_type) {
  const Reply reply = raise_in("retry");

  BOOST_TEST(reply.headers.size() == 2u);
  BOOST_TEST(pt::header(reply, "Retry-After") == "7");
  BOOST_TEST(pt::header(reply, "content-type") == "application/problem+json");
}

BOOST_AUTO_TEST_CASE(answers_500_for_an_http_error_that_is_wrong) {
  const std::pair<const char*, const char*> rows[] = {
      {"bad_constructor", "ValueError: HTTPError: the status must be from 400 to 599, not 200"},
      {"bad_status", "the status must be an int from 200 to 599, not '404'"},
      {"bad_header", "header X-A: the value must be a str, not 1"},
  };
  for (const auto& row : rows) {
    const Reply reply = raise_in(row.first);

    BOOST_TEST(reply.status == 500u, row.first);
    BOOST_TEST(contains(reply.log, row.second), reply.log);
  }
}

BOOST_AUTO_TEST_CASE(describes_an_error_on_one_line) {
  PyErr_SetString(PyExc_ValueError, "first\nsecond");

  BOOST_TEST(describe_error() == "ValueError: first second");
  BOOST_TEST(PyErr_Occurred() == nullptr);
  BOOST_TEST(describe_error() == "an unknown error");
}

BOOST_AUTO_TEST_SUITE_END()
