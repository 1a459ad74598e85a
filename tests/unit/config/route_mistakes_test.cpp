#include <boost/test/unit_test.hpp>

#include "unit/config/config_file.hpp"

using plughost::config::testing::mistakes;

// What is wrong with a route. Every message is pinned, as users search for them.
namespace {

struct Row {
  const char* name;
  const char* route;     ///< stands in line 3, from column 3
  const char* expected;  ///< what follows "routes.yaml:3:"
};

constexpr Row kRows[] = {
    {"no method", "/hello: native hello",
     "3: error: '/hello' has no method; write it before the path, like 'GET /hello'\n"},
    {"no path", "GET: native hello",
     "3: error: 'GET' has no path; write a route like 'GET /hello: native hello'\n"},
    {"path without slash", "GET hello: native hello",
     "3: error: the path 'hello' must start with '/'\n"},
    {"blank in the path", "GET /a b: native hello",
     "3: error: the path '/a b' holds a blank; write '%20' for it, and '|' between methods\n"},
    {"blank between methods", "GET POST /a: native hello",
     "3: error: the path 'POST /a' holds a blank; write '%20' for it, and '|' between methods\n"},
    {"misspelt method", "GTE /a: native hello",
     "3: error: 'GTE' is not a registered HTTP method; ANY takes every method (did you mean "
     "'GET'?)\n"},
    {"lower case", "post|any /a: native hello",
     "3: error: 'post' is not a registered HTTP method; ANY takes every method (did you mean "
     "'POST'?)\n"
     "routes.yaml:3:3: error: 'any' is not a registered HTTP method; ANY takes every method (did "
     "you mean 'ANY'?)\n"},
    {"unknown method", "BREW /a: native hello",
     "3: error: 'BREW' is not a registered HTTP method; ANY takes every method\n"},
    {"CONNECT", "CONNECT /a: native hello",
     "3: error: CONNECT has no path that a route could match; remove it\n"},
    {"ANY and others", "GET|ANY /a: native hello",
     "3: error: ANY takes every method; write it alone\n"},
    {"method twice", "GET|GET /a: native hello",
     "3: error: the method GET is there twice; remove one of the two\n"},
    {"empty method", "GET| /a: native hello",
     "3: error: a method is missing beside '|'; write methods like 'GET|POST'\n"},
    {"nothing", "GET /a:",
     "3: error: expected a target like 'native hello', but there is nothing; write one or remove "
     "the key\n"},
    {"a list", "GET /a: [native, hello]",
     "11: error: expected a target like 'native hello', not a list\n"},
    {"no handler", "GET /a: native",
     "11: error: 'native' names no handler; write 'PLUGIN HANDLER', like 'native hello'\n"},
    {"misspelt plugin", "GET /a: natve hello",
     "11: error: there is no plugin 'natve' (did you mean 'native'?)\n"},
    {"unknown plugin", "GET /a: { to: lua hello }",
     "17: error: there is no plugin 'lua'; add it under 'plugins'\n"},
    {"no to", "GET /a: { mode: pool }",
     "3: error: the route 'GET /a' has no 'to'; add one like 'to: native hello'\n"},
    {"bad timeout", "GET /a: { to: native hello, timeout: 5x }",
     "40: error: '5x' is not a duration; write a whole number with ms, s, m or h\n"},
    {"bad limits", "GET /a: { to: native hello, body: 1MB, max_in_flight: 0 }",
     "37: error: '1MB' is not a size; write bytes, or a whole number with KiB, MiB or GiB (did you "
     "mean '1MiB'?)\n"
     "routes.yaml:3:57: error: '0' is too small; at least 1\n"},
    {"coding that is none", "GET /a: { to: native hello, compress: yes }",
     "41: error: 'yes' is no coding that the host can apply; there are zstd and gzip\n"},
    {"misspelt coding", "GET /a: { to: native hello, compress: [gzip, zst] }",
     "48: error: 'zst' is no coding that the host can apply (did you mean 'zstd'?)\n"},
    {"coding twice", "GET /a: { to: native hello, compress: [gzip, gzip] }",
     "48: error: 'gzip' is there twice; remove one\n"},
    {"no coding", "GET /a: { to: native hello, compress: [] }",
     "41: error: the list is empty; write false\n"},
    {"codings as a mapping", "GET /a: { to: native hello, compress: { gzip: 1 } }",
     "41: error: expected true, or codings like [zstd, gzip], not a mapping\n"},
    {"bad origin", "GET /a: { to: native hello, cors: x }",
     "37: error: 'x' is not an origin; write it like https://app.example, with its scheme\n"},
    {"two answers", "GET /a: { to: native hello, redirect: /b, respond: 204 }",
     "31: error: the route 'GET /a' has 'to' already; keep one of the two\n"
     "routes.yaml:3:45: error: the route 'GET /a' has 'to' already; keep one of the two\n"},
    {"bad redirect", "GET /a: { redirect: [/b], status: 200 }",
     "23: error: expected a path like '/new' or a URL, not a list\n"
     "routes.yaml:3:37: error: '200' is not the status of a redirect; write 308 or 301 (for good), "
     "307, 302 or 303 (for now)\n"},
    {"bad status", "GET /a: { respond: 199 }", "22: error: '199' is too small; at least 200\n"},
    {"body where none may be", "GET /a: { respond: { status: 304, body: x } }",
     "43: error: an answer with the status 304 has no body; remove it\n"},
    {"type twice", "GET /a: { respond: { type: a/b, headers: { Content-Type: c/d } } }",
     "30: error: the content type is there twice, in 'type' and in 'headers'; remove one\n"},
    {"unknown key of an answer", "GET /a: { respond: { bdy: x } }",
     "24: error: unknown key 'bdy' in 'respond' (did you mean 'body'?)\n"},
    {"body that is no text", "GET /a: { respond: { body: {} } }",
     "30: error: expected a text as the body; quote it if it is JSON\n"},
    {"headers that are no mapping", "GET /a: { respond: { headers: [a] } }",
     "33: error: expected a mapping of headers like 'cache-control: max-age=60'\n"},
    {"plugin's option where the host answers", "GET /a: { respond: 204, mode: pool }",
     "27: error: unknown key 'mode' of a route that the host answers; remove it\n"},
    {"number that JSON cannot hold", "GET /a: { to: native hello, x: .nan }",
     "34: error: '.nan' is a number that JSON cannot hold; quote it to give the plugin a text\n"},
    {"two mistakes", "GTE /a: natve hello",
     "3: error: 'GTE' is not a registered HTTP method; ANY takes every method (did you mean "
     "'GET'?)\n"
     "routes.yaml:3:11: error: there is no plugin 'natve' (did you mean 'native'?)\n"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(config_route_mistakes)

BOOST_AUTO_TEST_CASE(explains_each_with_its_place) {
  for (const Row& row : kRows) {
    BOOST_TEST_CONTEXT(row.name) {
      const std::string yaml =
          "plugins: { native: n.so }\nroutes:\n  " + std::string(row.route) + "\n";

      BOOST_TEST(mistakes(yaml) == "routes.yaml:3:" + std::string(row.expected));
    }
  }
}

BOOST_AUTO_TEST_CASE(reports_all_in_file_order) {
  BOOST_TEST(
      mistakes("routes:\n  GTE /a: n a\n  GET /b: m b\nplugins: { n: n.so }\nfoo: 1\n"
               "timeout: 5x\n") ==
      "routes.yaml:2:3: error: 'GTE' is not a registered HTTP method; ANY takes every "
      "method (did you mean 'GET'?)\n"
      "routes.yaml:3:11: error: there is no plugin 'm'; add it under 'plugins'\n"
      "routes.yaml:5:1: error: unknown key 'foo'; there are listen, admin, threads, timeout, "
      "plugin_timeout, limits, proxies, cors, shutdown, log, tls, plugins, plugin_dir and routes\n"
      "routes.yaml:6:10: error: '5x' is not a duration; write a whole number with ms, s, m "
      "or h\n");
}

BOOST_AUTO_TEST_SUITE_END()
