#include <boost/test/unit_test.hpp>

#include "core/target.hpp"
#include "interpreter.hpp"

using namespace plughost::python;
namespace pt = plughost::python::test;

namespace {

constexpr char kBinding[] = R"(
def nothing(): return "called"
async def coroutine(): pass
def generator(): yield 1
class Klass: pass
class Service:
    def method(self, x: int): return x
constant = 7
)";

void define_binding() {
  static const bool defined = (pt::define_module("binding", kBinding), true);
  BOOST_TEST(defined);
}

std::string load_error(const std::string& spec) {
  define_binding();
  try {
    Target::load(spec, {});
  } catch (const BindError& error) {
    BOOST_TEST(error.key() == "");
    BOOST_TEST(PyErr_Occurred() == nullptr);
    return error.what();
  }
  return "loaded";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(python_core_target_load)

BOOST_AUTO_TEST_CASE(refuses_to_load_what_cannot_be_called) {
  const std::pair<const char*, const char*> rows[] = {
      {"binding", "'binding' is not a Python target: write module:function"},
      {"binding:nothin", "module 'binding' has no attribute 'nothin' (did you mean 'nothing'?)"},
      {"binding:Klass", "binding:Klass is a class, not a function"},
      {"binding:constant", "binding:constant is not callable: it is of type int"},
      {"binding:Service.method",
       "binding:Service.method is a method and needs an instance of Service"},
  };
  for (const auto& row : rows) BOOST_TEST(load_error(row.first) == row.second);
}

BOOST_AUTO_TEST_CASE(tells_what_a_call_gives) {
  define_binding();

  BOOST_TEST((Target::load("binding:nothing", {})->kind() == Target::Kind::function));
  BOOST_TEST((Target::load("binding:generator", {})->kind() == Target::Kind::generator));
  BOOST_TEST((Target::load("binding:coroutine", {})->kind() == Target::Kind::coroutine));
}

BOOST_AUTO_TEST_CASE(loads_again_after_a_shutdown) {
  define_binding();
  shutdown_core();
  pt::Head head;

  BOOST_TEST(pt::call("binding:nothing", head).body == "called");
}

BOOST_AUTO_TEST_CASE(serves_the_shipped_endpoints) {
  pt::Head none;
  pt::Head text;
  text.body("{\"data\":\"abc\"}");
  pt::Head query;
  query.query("numbers=1,2,3");
  pt::Head body;
  body.body("{\"numbers\":[1,2,3]}");

  BOOST_TEST(pt::call("endpoints:hello", none).body ==
             "{\"message\":\"Hello from Python\",\"version\":\"" PY_VERSION "\"}");
  BOOST_TEST(pt::call("endpoints:process", text).body ==
             R"({"result":{"processed":"ABC","input_type":"str"},"source":"python"})");
  BOOST_TEST(pt::call("pool_workers:squares", query).body == R"({"squares":[1,4,9]})");
  BOOST_TEST(pt::call("pool_workers:compute", body).body == R"({"squares":[1,4,9]})");
}

BOOST_AUTO_TEST_SUITE_END()
