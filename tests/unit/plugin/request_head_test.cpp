#include "plugin/request_head.hpp"

#include <boost/test/unit_test.hpp>

#include "unit/plugin/plugin_rig.hpp"

using namespace plughost;
using namespace plughost::plugin;

namespace {

struct HeadRig : PluginRig {
  HeadRig() {
    add_plugin("p", "fixture_plugin");
    add_route("p", "head", "{}", "/users/{id:int}/{rest:path}");
    start();
  }

  /// The lines that the plugin sees.
  std::string seen(dispatch::Request& request) { return '\n' + finish(send(request)).body; }
};

bool contains(const std::string& text, const std::string& line) {
  return text.find('\n' + line + '\n') != std::string::npos;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(plugin_request_head, HeadRig)

BOOST_AUTO_TEST_CASE(shows_the_request_line) {
  auto& request = make_request(0);
  request.message.method = "POST";
  request.message.target = "/users/7/a%20b?x=1";
  request.message.raw_path = "/users/7/a%20b";
  request.message.path = "/users/7/a b";
  request.message.query = "x=1";
  request.message.host = "example.com";

  const auto lines = seen(request);

  for (const auto* line :
       {"method=POST", "http_version=1.1", "scheme=http", "host=example.com",
        "raw_target=/users/7/a%20b?x=1", "raw_path=/users/7/a%20b", "path=/users/7/a b",
        "query=x=1", "mount=/users", "route=/users/{id:int}/{rest:path}"}) {
    BOOST_TEST(contains(lines, line), line);
  }
}

BOOST_AUTO_TEST_CASE(shows_that_it_came_by_https) {
  auto& request = make_request(0);
  request.encrypted = true;

  const auto lines = seen(request);

  BOOST_TEST(contains(lines, "scheme=https"));
  BOOST_TEST(contains(lines, "flags=" + std::to_string(PH_RF_TLS | PH_RF_BODY_COMPLETE)));
}

BOOST_AUTO_TEST_CASE(shows_headers_in_order_and_parameters_by_name) {
  auto& request = make_request(0);
  request.message.headers = {{"accept", "a"}, {"accept", "b"}, {"traceparent", "00-1-2-3"}};
  request.match.params = {"7", "a b"};

  const auto lines = seen(request);

  BOOST_TEST(lines.find("\nheader.accept=a\nheader.accept=b\n") != std::string::npos);
  BOOST_TEST(lines.find("\nparam.id=7\nparam.rest=a b\n") != std::string::npos);
  BOOST_TEST(contains(lines, "traceparent=00-1-2-3"));
}

BOOST_AUTO_TEST_CASE(shows_body_ends_and_deadline) {
  auto& request = make_request(0);
  request.message.body = "the body";
  request.message.content_length = 8;
  request.message.minor_version = 0;
  request.client = std::make_shared<const dispatch::Endpoint>(dispatch::Endpoint{"::1", 4000});
  request.server = std::make_shared<const dispatch::Endpoint>(dispatch::Endpoint{"::1", 8000});
  request.deadline = dispatch::Clock::time_point(std::chrono::nanoseconds(123456789));
  request.received = dispatch::Clock::time_point(std::chrono::nanoseconds(23456789));

  const auto lines = seen(request);

  for (const auto* line :
       {"body=the body", "content_length=8", "http_version=1.0", "flags=2", "client_addr=::1",
        "client_port=4000", "server_addr=::1", "server_port=8000", "deadline_ns=123456789",
        "received_ns=23456789", "request_id=id-1"}) {
    BOOST_TEST(contains(lines, line), line);
  }
}

BOOST_AUTO_TEST_CASE(says_what_is_not_known) {
  auto& request = make_request(0);
  request.message.content_length = http::kUnknownLength;

  const auto lines = seen(request);

  for (const auto* line : {"content_length=18446744073709551615", "deadline_ns=0",
                           "client_addr=", "client_port=0", "traceparent="}) {
    BOOST_TEST(contains(lines, line), line);
  }
}

BOOST_AUTO_TEST_SUITE_END()
