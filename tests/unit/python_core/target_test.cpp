#include "core/target.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <thread>

#include "interpreter.hpp"

using namespace plughost::python;
namespace pt = plughost::python::test;

namespace {

constexpr char kHandlers[] = R"(
from __future__ import annotations
import functools
import dataclasses, datetime
from typing import Optional
from plughost import HTTPError, Request, UploadFile

def nothing(): return "called"
def user(user_id: int, verbose: bool = False): return {"id": user_id, "verbose": verbose}
def numbers(numbers: list[int]): return numbers
def optional(x: Optional[int]): return {"x": x}
def default(x: int = 3, *, y: str | None = None): return [x, y]
def any_of(x): return {"x": x, "type": type(x).__name__}
def whole(body): return {"body": body}
def whole_list(body: list[int]): return {"body": body}
def raw(body: bytes): return body
def with_request(req: Request, name: str = "none"): return [req.method, name]
def many(a, b, c, d, e, f, g, h, i, j): return a + b + c + d + e + f + g + h + i + j
def both(body, numbers: list[float]): return [body, numbers]
def data(data: bytes): return data
def day(day: datetime.date): return day
def days(days: dict[str, list[datetime.date]]): return days
def word(word: str = "none"): return {"word": word}
def file(file: UploadFile): return file.read()

@dataclasses.dataclass
class Picky:
    x: int
    def __post_init__(self):
        if self.x == 1: raise HTTPError(409, "taken")
        if self.x == 2: raise KeyError("a bug")

def picky(body: Picky): return body

def traced(function):
    @functools.wraps(function)
    def wrapper(**kwargs): return {"traced": function(**kwargs)}
    return wrapper

@traced
def decorated(x: int): return x

class Service:
    def method(self, x: int): return x
    @staticmethod
    def static(x: int): return x
    @classmethod
    def of_class(cls, x: int): return x
    def __call__(self, x: int): return x

service = Service()
partial = functools.partial(numbers, numbers=[9])

)";

/// Calls handlers:<function>.
Reply handle(const std::string& function, pt::Head& head,
             const std::vector<std::string>& params = {}) {
  static const bool defined = (pt::define_module("handlers", kHandlers), true);
  BOOST_TEST(defined);
  return pt::call("handlers:" + function, head, params);
}

struct Row {
  const char* name;
  const char* function;
  const char* query;
  const char* body;
  unsigned status;
  const char* answer;  ///< the body, or the problem's detail
};

constexpr Row kRows[] = {
    {"no parameters", "nothing", "", "", 200, "called"},
    {"numbers in the query", "numbers", "numbers=1,2&numbers=3", "", 200, "[1,2,3]"},
    {"numbers in the body", "numbers", "", "{\"numbers\":[1,2]}", 200, "[1,2]"},
    {"query before body", "numbers", "numbers=7", "{\"numbers\":[1,2]}", 200, "[7]"},
    {"escaped query", "any_of", "x=a%2Cb+c", "", 200, "{\"x\":\"a,b c\",\"type\":\"str\"}"},
    {"bad number in the query", "numbers", "numbers=1,x", "", 422,
     "query parameter 'numbers[1]': \"x\" is not an integer"},
    {"bad number in the body", "numbers", "", "{\"numbers\":[1,true]}", 422,
     "body field 'numbers[1]': true is not an integer"},
    {"bad UTF-8 in the query", "any_of", "x=%ff", "", 422,
     "query parameter 'x': \"\ufffd\" is not UTF-8"},
    {"missing without a body", "numbers", "", "", 422,
     "parameter 'numbers' is missing: not in the query, and there is no body"},
    {"missing in the body", "numbers", "", "{\"n\":1}", 422,
     "parameter 'numbers' is missing: neither in the query nor in the JSON body"},
    {"body is a list", "numbers", "", "[1,2]", 422,
     "parameter 'numbers' is missing: not in the query, and the body is a list, not an object"},
    {"malformed body", "numbers", "", "{\"numbers\":[1,", 400,
     "the body is not JSON: at byte 14: a value was expected"},
    {"null for Optional", "optional", "", "{\"x\":null}", 200, "{\"x\":null}"},
    {"Optional is still required", "optional", "", "{}", 422,
     "parameter 'x' is missing: neither in the query nor in the JSON body"},
    {"defaults", "default", "", "", 200, "[3,null]"},
    {"defaults for a body that is no object", "default", "", "7", 200, "[3,null]"},
    {"keyword-only", "default", "y=a", "", 200, "[3,\"a\"]"},
    {"malformed body and defaults", "default", "", "{", 400,
     "the body is not JSON: at byte 1: a name in double quotes was expected"},
    {"unknown fields", "default", "z=1", "{\"q\":1}", 200, "[3,null]"},
    {"null without annotation", "any_of", "", "{\"x\":null}", 200,
     "{\"x\":null,\"type\":\"NoneType\"}"},
    {"whole body", "whole", "", "[1,{\"a\":2.0}]", 200, "{\"body\":[1,{\"a\":2.0}]}"},
    {"whole body typed", "whole_list", "", "[1,\"x\"]", 422, "body[1]: \"x\" is not an integer"},
    {"whole body missing", "whole", "body=1", "", 422,
     "parameter 'body' is missing: there is no body"},
    {"raw body", "raw", "", "{not json", 200, "{not json"},
    {"raw body empty", "raw", "", "", 200, ""},
    {"request and a field", "with_request", "", "{\"name\":\"n\"}", 200, "[\"GET\",\"n\"]"},
    {"request and a body that is no JSON", "with_request", "", "%PDF", 200, "[\"GET\",\"none\"]"},
    {"request and a wrong field", "with_request", "", "{\"name\":1}", 422,
     "body field 'name': 1 is not a string"},
    {"more parameters than fit the stack", "many", "a=0&b=1&c=2&d=3&e=4&f=5&g=6&h=7&i=8&j=9", "",
     200, "0123456789"},
    {"conversion leaves the body", "both", "", "{\"numbers\":[1]}", 200,
     "[{\"numbers\":[1]},[1.0]]"},
    {"bytes from a string", "data", "", "{\"data\":\"\\u00e4\"}", 200, "\u00e4"},
    {"a date in the query", "day", "day=2026-01-02", "", 200, "\"2026-01-02\""},
    {"no date in the query", "day", "day=x", "", 422,
     "query parameter 'day': \"x\" is not a date in ISO 8601"},
    {"dates in the body", "days", "", "{\"days\":{\"a\":[\"2026-01-02\"]}}", 200,
     "{\"a\":[\"2026-01-02\"]}"},
    {"no date in the body", "days", "", "{\"days\":{\"a\":[\"2026-01-02\",3]}}", 422,
     "body field 'days.a[1]': 3 is not a date in ISO 8601"},
    {"a dataclass that answers", "picky", "", "{\"x\":1}", 409, "taken"},
    {"a file where there is none", "file", "", "{\"file\":\"x\"}", 422,
     "body field 'file': \"x\" is not a file: files come in multipart/form-data"},
    {"decorated", "decorated", "x=1", "", 200, "{\"traced\":1}"},
    {"bound method", "service.method", "x=2", "", 200, "2"},
    {"static method", "Service.static", "x=3", "", 200, "3"},
    {"class method", "Service.of_class", "x=4", "", 200, "4"},
    {"callable object", "service", "x=5", "", 200, "5"},
    {"partial", "partial", "", "", 200, "[9]"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(python_core_target)

BOOST_AUTO_TEST_CASE(fills_parameters_from_query_and_body) {
  for (const Row& row : kRows) {
    BOOST_TEST_CONTEXT(row.name) {
      pt::Head head;
      head.query(row.query).body(row.body);

      const Reply reply = handle(row.function, head);

      BOOST_TEST(reply.status == row.status);
      BOOST_TEST((reply.status < 400 ? reply.body : pt::member(reply, "detail")) == row.answer);
      BOOST_TEST(reply.log == "");
    }
  }
}

BOOST_AUTO_TEST_CASE(fills_parameters_from_a_form) {
  const char* types[] = {"application/x-www-form-urlencoded",
                         "Application/X-WWW-Form-URLencoded ; charset=utf-8"};
  for (const char* type : types) {
    pt::Head head;
    head.header("Content-Type", type).body("word=a+%C3%A4&other=1");

    BOOST_TEST(handle("word", head).body == "{\"word\":\"a \u00e4\"}");
  }
}

BOOST_AUTO_TEST_CASE(reads_json_whatever_other_type_the_body_has) {
  for (const char* type : {"text/plain", "application/x-www-form-urlencodedx", "multipart/mixed"}) {
    pt::Head head;
    head.header("Content-Type", type).body("{\"word\":\"b\"}");

    BOOST_TEST(handle("word", head).body == "{\"word\":\"b\"}");
  }
}

BOOST_AUTO_TEST_CASE(names_the_curl_option_for_json_that_says_it_is_a_form) {
  pt::Head head;
  head.header("content-type", "application/x-www-form-urlencoded").body("{\"word\":\"b\"}");

  const Reply reply = handle("word", head);

  BOOST_TEST(reply.status == 415u);
  BOOST_TEST(pt::member(reply, "detail").find("--json") != std::string::npos);
  BOOST_TEST(reply.log == "");
}

BOOST_AUTO_TEST_CASE(logs_what_a_dataclass_raises_beside_value_errors) {
  pt::Head head;
  head.body("{\"x\":2}");

  const Reply reply = handle("picky", head);

  BOOST_TEST(reply.status == 500u);
  BOOST_TEST(reply.log.find("KeyError: 'a bug'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(takes_path_parameters_before_the_query) {
  pt::Head head;
  head.param("user_id", "12").query("user_id=99&verbose=true");

  BOOST_TEST(handle("user", head, {"user_id"}).body == R"({"id":12,"verbose":true})");
}

BOOST_AUTO_TEST_CASE(names_a_path_parameter_that_does_not_fit) {
  pt::Head head;
  head.param("user_id", "me");

  const Reply reply = handle("user", head, {"user_id"});

  BOOST_TEST(reply.status == 422u);
  BOOST_TEST(pt::member(reply, "detail") == "path parameter 'user_id': \"me\" is not an integer");
  BOOST_TEST(pt::member(reply, "parameter") == "user_id");
  BOOST_TEST(pt::member(reply, "in") == "path");
}

BOOST_AUTO_TEST_CASE(names_the_field_with_an_integer_beyond_the_limit) {
  pt::Head head;
  head.body("{\"numbers\":[1," + std::string(4301, '1') + "]}");

  const Reply reply = handle("numbers", head);

  BOOST_TEST(reply.status == 422u);
  BOOST_TEST(pt::member(reply, "parameter") == "numbers");
  BOOST_TEST(
      pt::member(reply, "detail") ==
      "body field 'numbers[1]': an integer of 4301 digits is beyond the limit of 4300 digits");
}

BOOST_AUTO_TEST_CASE(carries_integers_of_any_size_both_ways) {
  const std::string big = "1" + std::string(4299, '0');
  pt::Head query;
  query.query("numbers=-" + big + ",18446744073709551616");
  pt::Head body;
  body.body("{\"numbers\":[" + big + "]}");

  BOOST_TEST(handle("numbers", query).body == "[-" + big + ",18446744073709551616]");
  BOOST_TEST(handle("numbers", body).body == "[" + big + "]");
}

BOOST_AUTO_TEST_CASE(starts_each_reply_afresh) {
  const auto target = Target::load("handlers:nothing", {});
  pt::Head head;
  Reply reply;
  reply.status = 500;
  reply.headers.emplace_back("x", "y");
  reply.body = "old";
  reply.log = "old";

  target->call(head.get(), nullptr, nullptr, reply);

  BOOST_TEST(reply.status == 200u);
  BOOST_TEST(reply.headers.size() == 1u);
  BOOST_TEST(reply.body == "called");
  BOOST_TEST(reply.log == "");
  BOOST_TEST(target->spec() == "handlers:nothing");
}

BOOST_AUTO_TEST_CASE(serves_several_threads_that_take_turns) {
  pt::Head once;
  handle("nothing", once);
  const auto target = Target::load("handlers:user", {"user_id"});
  std::atomic<int> served{0};
  const auto serve = [&](int id) {
    const PyGILState_STATE state = PyGILState_Ensure();
    pt::Head head;
    head.param("user_id", std::to_string(id)).body("{\"verbose\":true}");
    Reply reply;
    for (int count = 0; count < 500; ++count) {
      target->call(head.get(), nullptr, nullptr, reply);
      if (reply.body == "{\"id\":" + std::to_string(id) + ",\"verbose\":true}") ++served;
    }
    PyGILState_Release(state);
  };

  PyThreadState* main_thread = PyEval_SaveThread();
  std::vector<std::thread> threads;
  for (int id = 0; id < 4; ++id) threads.emplace_back(serve, id);
  for (std::thread& thread : threads) thread.join();
  PyEval_RestoreThread(main_thread);

  BOOST_TEST(served == 2000);
}

BOOST_AUTO_TEST_CASE(leaks_no_python_object) {
  for (const Row& row : kRows) {
    const auto target = Target::load("handlers:" + std::string(row.function), {});
    pt::Head head;
    head.query(row.query).body(row.body).header("x", "y");
    const auto blocks_after = [&](int calls) {
      Reply reply;
      for (int count = 0; count < calls; ++count) {
        target->call(head.get(), nullptr, nullptr, reply);
      }
      PyGC_Collect();
      return PyLong_AsLong(pt::eval("sys.getallocatedblocks()").get());
    };
    const long before = blocks_after(10);

    BOOST_TEST(blocks_after(100) - before < 20, row.name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
