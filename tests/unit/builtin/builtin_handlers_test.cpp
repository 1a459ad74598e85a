#include "builtin/builtin_handlers.hpp"

#include <boost/test/unit_test.hpp>

#include "builtin/fixed_answer.hpp"
#include "routing/route_builder.hpp"
#include "support/fake_mailbox.hpp"

using namespace plughost;
using test::FakeMailbox;

namespace {

config::Route line(const std::string& pattern) {
  config::Route route;
  route.pattern = pattern;
  route.position = {1, 3};
  route.target_position = {1, 20};
  return route;
}

struct Fixture {
  Fixture() { responder.add_pool(pool); }

  /// What the only route of the configuration answers.
  dispatch::Answer& ask(std::string_view path, std::string_view query = "") {
    routes = routing::make_routes(config);
    handlers.bind(config, routes);
    table = std::make_shared<const routing::RouteTable>("routes.yaml", routes);
    auto* request = pool.acquire();
    request->message.query = query;
    table->match("GET", "localhost", path, request->match);
    request->match.route->handler->handle(*request);
    return mailbox.posted().front()->answer;
  }

  config::Config config;
  FakeMailbox mailbox;
  dispatch::RequestPool pool{0, mailbox};
  dispatch::Responder responder;
  builtin::BuiltinHandlers handlers{responder};
  std::vector<routing::Route> routes;
  std::shared_ptr<const routing::RouteTable> table;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(builtin_handlers, Fixture)

BOOST_AUTO_TEST_CASE(gives_the_fixed_answer_without_copying_its_body) {
  config.routes = {line("/a")};
  config.routes[0].respond = config::FixedAnswer{201, "text", {{"x-a", "1"}, {"x-a", "2"}}};

  const auto& answer = ask("/a");

  BOOST_TEST(answer.status == 201u);
  BOOST_TEST(answer.headers.lines() == "x-a: 1\r\nx-a: 2\r\n");
  BOOST_TEST(answer.body == "text");
  BOOST_TEST(answer.copied_body.empty());
  BOOST_TEST(routes[0].handler->nonblocking());
}

BOOST_AUTO_TEST_CASE(redirects_with_parameters_and_query) {
  config.routes = {line("/old/{id}")};
  config.routes[0].redirect = config::Redirect{"/new/{id}", 301};

  const auto& answer = ask("/old/a%20b", "q=1");

  BOOST_TEST(answer.status == 301u);
  BOOST_TEST(answer.headers.lines() == "location: /new/a%20b?q=1\r\n");
  BOOST_TEST(answer.body.empty());
}

BOOST_AUTO_TEST_CASE(leaves_the_routes_of_plugins_alone) {
  config.routes = {line("/a")};
  config.routes[0].plugin = "native";
  routes = routing::make_routes(config);

  handlers.bind(config, routes);

  BOOST_TEST((routes[0].handler == nullptr));
}

BOOST_AUTO_TEST_CASE(refuses_targets_with_their_place) {
  config.file = "routes.yaml";
  config.routes = {line("/a")};
  config.routes[0].redirect = config::Redirect{"/{x}", 301};
  routes = routing::make_routes(config);

  BOOST_CHECK_EXCEPTION(handlers.bind(config, routes), StartError, [](const StartError& error) {
    return error.lines() ==
           "routes.yaml:1:20: error: the redirect target '/{x}' names '{x}'; the pattern has no "
           "parameters\n";
  });
}

BOOST_AUTO_TEST_CASE(judges_header_lines) {
  using builtin::header_mistake;

  BOOST_TEST(header_mistake("Cache-Control", "max-age=60") == "");
  BOOST_TEST(header_mistake("connection", "close") == "");
  BOOST_TEST(header_mistake("a b", "x") ==
             "'a b' is not the name of a header; write letters, digits and '-'");
  BOOST_TEST(header_mistake("x", "a\r\nb: c") ==
             "the value of 'x' holds a control character; remove it");
  BOOST_TEST(header_mistake("Transfer-Encoding", "chunked") ==
             "'Transfer-Encoding' is a header that only the host may write; remove it");
  BOOST_TEST(header_mistake("content-length", "1") ==
             "'content-length' is a header that only the host may write; remove it");
}

BOOST_AUTO_TEST_SUITE_END()
