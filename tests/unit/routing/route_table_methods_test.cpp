#include <boost/test/unit_test.hpp>

#include "routing/route_table.hpp"
#include "unit/routing/routes.hpp"

using namespace plughost::routing;
using plughost::routing::testing::answer;
using plughost::routing::testing::make_route_list;

namespace {

struct Row {
  const char* name;
  const char* method;
  const char* path;
  const char* expected;
};

template <typename Rows>
void check(const std::vector<std::string>& lines, const Rows& rows) {
  const RouteTable table("routes.yaml", make_route_list(lines));
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(answer(table, row.method, row.path) == row.expected);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(routing_route_table_methods)

BOOST_AUTO_TEST_CASE(looks_for_the_most_specific_pattern_that_takes_the_method) {
  const Row rows[] = {
      {"specific", "GET", "/shop/hot", "GET /shop/hot"},
      {"falls back for the method", "POST", "/shop/hot", "ANY /shop/{rest:path} [hot]"},
      {"another path", "GET", "/shop/x", "ANY /shop/{rest:path} [x]"},
      {"between two", "PUT", "/shop/7", "PUT /shop/{id} [7]"},
      {"past the middle one", "DELETE", "/shop/7", "ANY /shop/{rest:path} [7]"},
  };
  check({"GET /shop/hot", "PUT /shop/{id}", "ANY /shop/{rest:path}"}, rows);
}

BOOST_AUTO_TEST_CASE(prefers_named_then_implied_then_any_in_one_shape) {
  const Row rows[] = {
      {"named", "GET", "/a", "GET /a"},
      {"HEAD implied by GET", "HEAD", "/a", "GET /a"},
      {"any", "PUT", "/a", "ANY /a"},
      {"named HEAD beside GET", "HEAD", "/b", "HEAD /b"},
      {"GET beside named HEAD", "GET", "/b", "GET /b"},
      {"HEAD without GET", "HEAD", "/c", "405 OPTIONS, POST"},
      {"the path goes before the method", "HEAD", "/d/x", "GET /d/x"},
  };
  check({"GET /a", "ANY /a", "GET /b", "HEAD /b", "POST /c", "HEAD /d/{y}", "GET /d/x"}, rows);
}

BOOST_AUTO_TEST_CASE(shares_a_shape_between_routes_of_different_parameter_names) {
  const Row rows[] = {
      {"one", "GET", "/u/1", "GET /u/{id} [1]"},
      {"other", "POST", "/u/1", "POST /u/{name} [1]"},
  };
  check({"GET /u/{id}", "POST /u/{name}"}, rows);
}

BOOST_AUTO_TEST_CASE(takes_each_named_method_of_a_route) {
  const Row rows[] = {
      {"first", "GET", "/a", "GET|POST|PROPFIND /a"},
      {"second", "POST", "/a", "GET|POST|PROPFIND /a"},
      {"of an extension", "PROPFIND", "/a", "GET|POST|PROPFIND /a"},
      {"methods are case-sensitive", "get", "/a", "501"},
  };
  check({"GET|POST|PROPFIND /a"}, rows);
}

BOOST_AUTO_TEST_CASE(answers_405_with_the_methods_of_all_patterns_that_match) {
  const Row rows[] = {
      {"one pattern", "DELETE", "/b/c", "405 OPTIONS, PUT"},
      {"several patterns", "DELETE", "/a", "405 GET, HEAD, OPTIONS, PATCH, POST"},
      {"with an escape", "DELETE", "/%61", "405 GET, HEAD, OPTIONS, PATCH, POST"},
      {"a method of an extension", "MKCOL", "/b/c", "405 OPTIONS, PUT"},
      {"no pattern", "DELETE", "/a/b", "404"},
  };
  check({"POST /a", "GET|PATCH /{x}", "PUT /b/c"}, rows);
}

BOOST_AUTO_TEST_CASE(answers_options_from_the_table_unless_a_route_takes_it) {
  const Row rows[] = {
      {"from the table", "OPTIONS", "/a", "204 GET, HEAD, OPTIONS"},
      {"named", "OPTIONS", "/b", "OPTIONS /b"},
      {"any", "OPTIONS", "/c", "ANY /c"},
      {"no pattern", "OPTIONS", "/d", "404"},
      {"a less specific one takes it", "OPTIONS", "/e/x", "OPTIONS /e/{x} [x]"},
  };
  check({"GET /a", "OPTIONS /b", "GET /b", "ANY /c", "GET /e/x", "OPTIONS /e/{x}"}, rows);
}

BOOST_AUTO_TEST_CASE(answers_options_asterisk_for_the_whole_table) {
  const Row named[] = {
      {"options", "OPTIONS", "*", "204 GET, HEAD, OPTIONS, POST"},
      {"another method", "GET", "*", "404"},
      {"no method", "BREW", "*", "501"},
  };
  check({"GET /a", "POST /b"}, named);
  const Row any[] = {
      {"with ANY", "OPTIONS", "*",
       "204 DELETE, GET, HEAD, MKCOL, OPTIONS, PATCH, POST, PUT, TRACE"},
  };
  check({"ANY /a", "MKCOL /b"}, any);
}

BOOST_AUTO_TEST_CASE(answers_501_to_a_method_that_is_not_registered) {
  const Row rows[] = {
      {"no ANY", "BREW", "/a", "501"},
      {"no pattern", "BREW", "/nowhere", "501"},
      {"ANY takes it", "BREW", "/b", "ANY /b"},
      {"ANY behind a literal takes it", "BREW", "/c/x", "ANY /c/{r:path} [x]"},
      {"CONNECT has no path", "CONNECT", "/a", "501"},
  };
  check({"GET /a", "ANY /b", "GET /c/x", "ANY /c/{r:path}"}, rows);
}

BOOST_AUTO_TEST_CASE(knows_the_registered_methods) {
  for (const char* method : {"ACL", "GET", "PATCH", "PROPFIND", "VERSION-CONTROL"}) {
    BOOST_TEST_CONTEXT(method) { BOOST_TEST(is_registered_method(method)); }
  }
  for (const char* method : {"", "get", "GE", "GETS", "CONNECT", "PRI", "*"}) {
    BOOST_TEST_CONTEXT(method) { BOOST_TEST(!is_registered_method(method)); }
  }
}

BOOST_AUTO_TEST_SUITE_END()
