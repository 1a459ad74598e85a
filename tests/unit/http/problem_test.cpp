#include "http/problem.hpp"

#include <boost/test/unit_test.hpp>

namespace plughost::http {

BOOST_AUTO_TEST_SUITE(http_problem)

BOOST_AUTO_TEST_CASE(writes_every_member) {
  const std::string body = problem_body(404, "No route matches '/x'.", "/x", "req-1");

  BOOST_TEST(body == R"({"type":"about:blank","title":"Not Found","status":404,)"
                     R"("detail":"No route matches '/x'.","instance":"/x","request_id":"req-1"})");
}

BOOST_AUTO_TEST_CASE(leaves_empty_members_out) {
  const std::string body = problem_body(503, "", "", "");

  BOOST_TEST(body == R"({"type":"about:blank","title":"Service Unavailable","status":503})");
}

BOOST_AUTO_TEST_CASE(stays_json_whatever_the_client_sent) {
  const std::string body = problem_body(400, "bad \"quote\"", "/a\xFF\n", "");

  BOOST_TEST(body == R"({"type":"about:blank","title":"Bad Request","status":400,)"
                     R"("detail":"bad \"quote\"","instance":"/a)"
                     "\uFFFD"
                     R"(\n"})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
