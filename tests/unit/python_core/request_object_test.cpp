#include "core/request_object.hpp"

#include <boost/test/unit_test.hpp>

#include "interpreter.hpp"

using namespace plughost::python;
namespace pt = plughost::python::test;

namespace {

constexpr char kAsking[] = R"(
kept = []

def everything(request):
    return {
        "method": request.method, "path": request.path, "url": request.url,
        "host": request.headers["HOST"], "accept": request.headers.getlist("accept"),
        "query": request.query_params.getlist("a"), "args": dict(request.args),
        "params": request.path_params, "cookies": request.cookies, "text": request.text,
        "json": request.json(), "client": list(request.client), "addr": request.remote_addr,
        "cancelled": request.cancelled, "type": type(request).__name__,
    }

def raw(request): return request.body
def client(request): return [request.client, request.remote_addr]
def first_a(request): return request.args["a"]
def bad_json(request): return request.json()
def header(request): return request.headers["x-latin"]

def keep(request):
    kept.append(request)
    request.state.seen = True
    return {"cancelled": request.cancelled}

def look_again(): return {"cancelled": kept[-1].cancelled, "seen": kept[-1].state.seen}
)";

Reply ask(const std::string& function, pt::Head& head) {
  static const bool defined = (pt::define_module("asking", kAsking), true);
  BOOST_TEST(defined);
  return pt::call("asking:" + function, head);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(python_core_request_object)

BOOST_AUTO_TEST_CASE(carries_everything_of_the_head) {
  pt::Head head;
  head.method("POST")
      .path("/users/7")
      .query("a=1&a=2+3")
      .body("{\"n\":1}")
      .client("127.0.0.1", 80)
      .header("host", "example.com")
      .header("accept", "a/b")
      .header("accept", "c:d")
      .header("cookie", "k=v; q=\"w\"")
      .param("id", "7");

  const Reply reply = ask("everything", head);

  BOOST_TEST(reply.log == "");
  BOOST_TEST(reply.body ==
             R"({"method":"POST","path":"/users/7","url":"http://example.com/users/7?a=1&a=2+3",)"
             R"("host":"example.com","accept":["a/b","c:d"],"query":["1","2 3"],"args":{"a":"1"},)"
             R"("params":{"id":"7"},"cookies":{"k":"v","q":"w"},"text":"{\"n\":1}","json":{"n":1},)"
             R"("client":["127.0.0.1",80],"addr":"127.0.0.1","cancelled":false,"type":"Request"})");
}

BOOST_AUTO_TEST_CASE(keeps_bytes_that_are_not_text) {
  pt::Head body;
  body.body(std::string("\0\xff\n", 3));
  pt::Head latin;
  latin.header("x-latin", "\xe4");

  BOOST_TEST(ask("raw", body).body == std::string("\0\xff\n", 3));
  BOOST_TEST(ask("header", latin).body == "\u00e4");
}

BOOST_AUTO_TEST_CASE(reads_a_query_with_bytes_that_are_not_escaped) {
  pt::Head head;
  head.query("a=\u00e4%C3%A4");

  BOOST_TEST(ask("first_a", head).body == "\u00e4\u00e4");
}

BOOST_AUTO_TEST_CASE(has_no_client_on_a_unix_socket) {
  pt::Head head;

  BOOST_TEST(ask("client", head).body == "[null,null]");
}

BOOST_AUTO_TEST_CASE(answers_the_clients_mistakes_by_itself) {
  pt::Head query;
  query.query("a=%ff");
  pt::Head body;
  body.body("{\"a\":");

  BOOST_TEST(ask("first_a", query).status == 422u);
  BOOST_TEST(ask("bad_json", body).status == 400u);
}

BOOST_AUTO_TEST_CASE(asks_whether_it_is_cancelled_only_while_the_call_lasts) {
  pt::Head head;
  pt::Head other;
  ask("raw", other);
  int asked = 0;
  const CancelProbe probe = [](void* ctx) noexcept {
    ++*static_cast<int*>(ctx);
    return true;
  };
  Reply during;
  Target::load("asking:keep", {})->call(head.get(), probe, &asked, during);

  const Reply after = ask("look_again", other);

  BOOST_TEST(during.body == R"({"cancelled":true})");
  BOOST_TEST(after.body == R"({"cancelled":false,"seen":true})");
  BOOST_TEST(asked == 1);
}

BOOST_AUTO_TEST_SUITE_END()
