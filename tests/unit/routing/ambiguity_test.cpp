#include <boost/test/unit_test.hpp>

#include "routing/route_table.hpp"
#include "unit/routing/routes.hpp"

using namespace plughost;
using namespace plughost::routing;
using plughost::routing::testing::make_route_list;

namespace {

std::vector<std::string> mistakes(const std::vector<std::string>& lines) {
  std::vector<std::string> found;
  try {
    const RouteTable table("routes.yaml", make_route_list(lines));
  } catch (const StartError& error) {
    BOOST_TEST((error.exit_code() == ExitCode::refused));
    for (const Diagnostic& diagnostic : error.diagnostics()) {
      found.push_back(diagnostic.to_string());
    }
  }
  return found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(routing_ambiguity)

BOOST_AUTO_TEST_CASE(refuses_the_same_shape_with_an_overlapping_method) {
  const struct {
    const char* name;
    std::vector<std::string> lines;
    std::vector<std::string> expected;
  } rows[] = {
      {"same text",
       {"GET /a", "GET|POST /a"},
       {"routes.yaml:2:3: error: the route 'GET|POST /a' is ambiguous: 'GET /a' in line 1 takes "
        "GET on the same paths; remove one of the two"}},
      {"renamed parameters",
       {"GET /{a}/{b:int}", "GET /{c}/{d:int}"},
       {"routes.yaml:2:3: error: the route 'GET /{c}/{d:int}' is ambiguous: 'GET /{a}/{b:int}' in "
        "line 1 takes GET on the same paths; remove one of the two"}},
      {"rest",
       {"PUT /a/{x:path}", "PUT /a/{y:path}"},
       {"routes.yaml:2:3: error: the route 'PUT /a/{y:path}' is ambiguous: 'PUT /a/{x:path}' in "
        "line 1 takes PUT on the same paths; remove one of the two"}},
      {"escapes",
       {"GET /a%20b", "GET /%61%20b"},
       {"routes.yaml:2:3: error: the route 'GET /%61%20b' is ambiguous: 'GET /a%20b' in line 1 "
        "takes GET on the same paths; remove one of the two"}},
      {"twice ANY",
       {"ANY /a", "GET /a", "ANY /a"},
       {"routes.yaml:3:3: error: the route 'ANY /a' is ambiguous: 'ANY /a' in line 1 takes ANY on "
        "the same paths; remove one of the two"}},
      {"several methods of one route",
       {"GET|PUT|POST /a", "POST|GET /a"},
       {"routes.yaml:2:3: error: the route 'POST|GET /a' is ambiguous: 'GET|PUT|POST /a' in line 1 "
        "takes POST|GET on the same paths; remove one of the two"}},
      {"all of them",
       {"GET /a", "PUT /a", "GET|PUT /a", "GET /b", "GET /b"},
       {"routes.yaml:3:3: error: the route 'GET|PUT /a' is ambiguous: 'GET /a' in line 1 takes GET "
        "on the same paths; remove one of the two",
        "routes.yaml:3:3: error: the route 'GET|PUT /a' is ambiguous: 'PUT /a' in line 2 takes PUT "
        "on the same paths; remove one of the two",
        "routes.yaml:5:3: error: the route 'GET /b' is ambiguous: 'GET /b' in line 4 takes GET on "
        "the same paths; remove one of the two"}},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      BOOST_TEST(mistakes(row.lines) == row.expected, boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(accepts_what_precedence_decides) {
  const std::vector<std::vector<std::string>> tables{
      {"GET /a", "POST /a", "ANY /a"}, {"GET /a", "HEAD /a"},
      {"GET /a", "GET /a/"},           {"GET /{x}", "GET /{x:int}", "GET /{x:path}", "GET /x"},
      {"GET /a/{x:path}", "GET /a"},   {"GET /a%2Fb", "GET /a/b"},
  };
  for (const auto& lines : tables) {
    BOOST_TEST_CONTEXT(lines.front() + " and others") { BOOST_TEST(mistakes(lines).empty()); }
  }
}

BOOST_AUTO_TEST_CASE(names_both_places_if_one_is_in_code) {
  const auto said = [](const std::string& first, const std::string& second) {
    auto routes = make_route_list({"GET /a", "GET|PUT /a"});
    routes[0].origin = first;
    routes[1].origin = second;
    if (!second.empty()) routes[1].position = {};
    try {
      const RouteTable table("routes.yaml", routes);
    } catch (const StartError& error) {
      return error.diagnostics().at(0).to_string();
    }
    return std::string();
  };
  const std::string tail = " takes GET on the same paths; remove one of the two";

  BOOST_TEST(said("", "app.py:7") ==
             "app.py:7: error: the route 'GET|PUT /a' is ambiguous: 'GET /a' of routes.yaml:1:3" +
                 tail);
  BOOST_TEST(said("app.py:5", "app.py:7") ==
             "app.py:7: error: the route 'GET|PUT /a' is ambiguous: 'GET /a' of app.py:5" + tail);
}

BOOST_AUTO_TEST_SUITE_END()
