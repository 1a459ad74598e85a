#include "routing/route_builder.hpp"

#include <boost/test/unit_test.hpp>

#include "http/compression.hpp"

using namespace plughost;

namespace {

config::Route line(const std::string& pattern, SourcePosition position) {
  config::Route route;
  route.methods = {"GET"};
  route.pattern = pattern;
  route.plugin = "native";
  route.handler = "hello";
  route.timeout = config::milliseconds(1500);
  route.body = 7;
  route.max_in_flight = 8;
  route.position = position;
  return route;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(routing_route_builder)

BOOST_AUTO_TEST_CASE(takes_over_each_line_in_order) {
  config::Config config;
  config.routes = {line("/b/{x}", {7, 3}), line("/a", {8, 3})};

  const std::vector<routing::Route> routes = routing::make_routes(config);

  BOOST_REQUIRE(routes.size() == 2u);
  BOOST_TEST(routes[0].pattern.text() == "/b/{x}");
  BOOST_TEST(routes[0].methods.at(0) == "GET");
  BOOST_TEST(routes[0].plugin == "native");
  BOOST_TEST(routes[0].handler_name == "hello");
  BOOST_TEST(routes[0].timeout.count() == 1500);
  BOOST_TEST(routes[0].body_limit.value() == 7u);
  BOOST_TEST(routes[0].max_in_flight == 8u);
  BOOST_TEST(routes[0].position.line == 7);
  BOOST_TEST((routes[0].handler == nullptr));
  BOOST_TEST(routes[1].pattern.text() == "/a");
}

BOOST_AUTO_TEST_CASE(makes_a_compression_policy_where_there_are_codings) {
  config::Config config;
  config.routes = {line("/a", {7, 3}), line("/b", {8, 3})};
  config.routes[1].codings = {"gzip", "zstd"};

  const std::vector<routing::Route> routes = routing::make_routes(config);

  BOOST_TEST((routes.at(0).compression == nullptr));
  BOOST_REQUIRE((routes.at(1).compression != nullptr));
  BOOST_TEST((routes[1].compression->codings == std::vector<std::string_view>{"gzip", "zstd"}));
}

BOOST_AUTO_TEST_CASE(reports_every_bad_pattern_where_its_route_stands) {
  config::Config config;
  config.file = "routes.yaml";
  config.routes = {line("/{x:str}", {7, 3}), line("/a", {8, 3}), line("/{", {9, 5})};
  std::vector<std::string> mistakes;

  try {
    routing::make_routes(config);
  } catch (const StartError& error) {
    BOOST_TEST((error.exit_code() == ExitCode::refused));
    for (const Diagnostic& diagnostic : error.diagnostics()) {
      mistakes.push_back(diagnostic.to_string());
    }
  }

  const std::vector<std::string> expected{
      "routes.yaml:7:3: error: 'str' in '{x:str}' is not a parameter type; there are 'int' and "
      "'path', or none",
      "routes.yaml:9:5: error: the segment '{' mixes text and braces; a parameter is a whole "
      "segment like '{id}'"};
  BOOST_TEST(mistakes == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
