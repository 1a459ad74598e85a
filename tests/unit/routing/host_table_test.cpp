#include <boost/test/unit_test.hpp>

#include "unit/routing/routes.hpp"

using namespace plughost;
using namespace plughost::routing;
using plughost::routing::testing::answer;
using plughost::routing::testing::make_route_list;

// Routes that name hosts, among those that do not.
namespace {

struct Row {
  const char* host;
  const char* method;
  const char* path;
  const char* expected;
};

template <typename Rows>
void check(const std::vector<std::string>& lines, const Rows& rows) {
  const RouteTable table("routes.yaml", make_route_list(lines));
  for (const Row& row : rows) {
    BOOST_TEST_CONTEXT(row.method << ' ' << row.host << row.path) {
      BOOST_TEST(answer(table, row.method, row.path, row.host) == row.expected);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(routing_host_table)

BOOST_AUTO_TEST_CASE(matches_the_host_whatever_its_case_and_port) {
  const Row rows[] = {
      {"api.example.com", "GET", "/users", "GET api.example.com/users"},
      {"API.Example.Com:8443", "GET", "/users", "GET api.example.com/users"},
      {"api.example.com.", "GET", "/users", "GET api.example.com/users"},
      {"example.com", "GET", "/users", "404"},
      {"x.api.example.com", "GET", "/users", "404"},
      {"", "GET", "/users", "404"},
      {"[::1]:8000", "GET", "/six", "GET [::1]/six"},
      {"api:80", "GET", "/short", "GET api./short"},
  };
  check({"GET api.example.com/users", "GET [::1]/six", "GET api./short"}, rows);
}

BOOST_AUTO_TEST_CASE(takes_one_label_for_a_wildcard) {
  const Row rows[] = {
      {"a.example.com", "GET", "/", "GET *.example.com/"},
      {"b.EXAMPLE.com:1", "GET", "/", "GET *.example.com/"},
      {"a.b.example.com", "GET", "/", "404"},
      {"example.com", "GET", "/", "404"},
      {".example.com", "GET", "/", "404"},
  };
  check({"GET *.example.com/"}, rows);
}

BOOST_AUTO_TEST_CASE(prefers_a_matching_host_to_a_more_specific_path) {
  const Row rows[] = {
      {"a.example.com", "GET", "/x", "ANY a.example.com/{rest:path} [x]"},
      {"b.example.com", "GET", "/x", "ANY *.example.com/{rest:path} [x]"},
      {"other.com", "GET", "/x", "GET /x"},
  };
  check({"GET /x", "ANY *.example.com/{rest:path}", "ANY a.example.com/{rest:path}"}, rows);
}

BOOST_AUTO_TEST_CASE(falls_back_to_the_next_host_for_path_and_method) {
  const Row rows[] = {
      {"a.example.com", "GET", "/x", "GET a.example.com/x"},
      {"a.example.com", "HEAD", "/x", "GET a.example.com/x"},
      {"a.example.com", "POST", "/x", "POST *.example.com/x"},
      {"a.example.com", "PUT", "/x", "PUT /x"},
      {"a.example.com", "GET", "/y", "GET /y"},
      {"b.example.com", "PUT", "/x", "PUT /x"},
  };
  check({"GET a.example.com/x", "POST *.example.com/x", "PUT /x", "GET /y"}, rows);
}

BOOST_AUTO_TEST_CASE(answers_for_the_routes_of_that_host) {
  const Row rows[] = {
      {"a.example.com", "DELETE", "/x", "405 GET, HEAD, OPTIONS, POST, PUT"},
      {"b.example.com", "DELETE", "/x", "405 OPTIONS, POST, PUT"},
      {"other.com", "DELETE", "/x", "405 OPTIONS, PUT"},
      {"a.example.com", "OPTIONS", "/x", "204 GET, HEAD, OPTIONS, POST, PUT"},
      {"other.com", "OPTIONS", "/x", "204 OPTIONS, PUT"},
      {"other.com", "OPTIONS", "*", "204 OPTIONS, PUT"},
      {"b.example.com", "OPTIONS", "*", "204 OPTIONS, POST, PUT"},
      {"a.example.com", "OPTIONS", "/y", "404"},
      {"a.example.com", "BREW", "/x", "501"},
  };
  check({"GET a.example.com/x", "POST *.example.com/x", "PUT /x"}, rows);
}

BOOST_AUTO_TEST_CASE(takes_unknown_methods_where_that_host_has_an_any_route) {
  const Row rows[] = {
      {"a.example.com", "BREW", "/x", "ANY a.example.com/x"},
      {"b.example.com", "BREW", "/x", "501"},
  };
  check({"ANY a.example.com/x", "GET /x"}, rows);
}

BOOST_AUTO_TEST_CASE(sees_ambiguity_within_one_host_only) {
  const auto mistakes = [](const std::vector<std::string>& lines) {
    std::string text;
    try {
      const RouteTable table("routes.yaml", make_route_list(lines));
    } catch (const StartError& error) {
      text = error.lines();
    }
    return text;
  };

  BOOST_TEST(mistakes({"GET /a", "GET x.y.de/a", "GET *.y.de/a", "GET z.y.de/a"}) == "");
  BOOST_TEST(mistakes({"GET x.de/{a}", "GET X.de./{b}"}) ==
             "routes.yaml:2:3: error: the route 'GET X.de./{b}' is ambiguous: 'GET x.de/{a}' in "
             "line 1 takes GET on the same paths; remove one of the two\n");
}

BOOST_AUTO_TEST_CASE(keeps_host_out_of_the_mount_and_in_the_text) {
  const auto pattern = Pattern::parse("API.example.com/shop/{rest:path}").value();

  BOOST_TEST(pattern.text() == "API.example.com/shop/{rest:path}");
  BOOST_TEST(pattern.mount() == "/shop");
  BOOST_TEST(pattern.host().name == "api.example.com");
}

BOOST_AUTO_TEST_SUITE_END()
