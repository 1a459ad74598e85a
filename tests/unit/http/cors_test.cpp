#include "http/cors.hpp"

#include <boost/test/unit_test.hpp>

using namespace plughost::http;

namespace {

const CorsPolicy kAny;
const CorsPolicy kSome{{"https://a.example", "https://*.b.example:8443"}, "", {}, "", true, {}};

std::string answer(const CorsPolicy& policy, std::string_view origin) {
  HeaderLines lines;
  policy.append_to(lines, origin);
  return std::string(lines.lines());
}

std::string preflight(const CorsPolicy& policy, std::string_view origin,
                      std::string_view names = "x-a, x-b") {
  HeaderLines lines;
  policy.append_preflight_to(lines, origin, "PUT", names);
  return std::string(lines.lines());
}

const std::string kVary =
    "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(http_cors)

BOOST_AUTO_TEST_CASE(knows_its_origins) {
  const struct {
    const char* origin;
    bool allowed;
  } rows[] = {
      {"https://a.example", true},
      {"http://a.example", false},
      {"https://a.example:444", false},
      {"https://a.example.evil", false},
      {"https://x.b.example:8443", true},
      {"https://x-1.b.example:8443", true},
      {"https://x.y.b.example:8443", false},
      {"https://.b.example:8443", false},
      {"https://b.example:8443", false},
      {"https://evil/.b.example:8443", false},
      {"https://evil@.b.example:8443", false},
      {"https://x.b.example", false},
      {"null", false},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.origin) {
      BOOST_TEST(kSome.allows(row.origin) == row.allowed);
      BOOST_TEST(kAny.allows(row.origin));
    }
  }
}

BOOST_AUTO_TEST_CASE(lets_any_origin_read_without_varying) {
  BOOST_TEST(answer(kAny, "https://x.de") == "access-control-allow-origin: *\r\n");
  BOOST_TEST(answer(kAny, "") == "");
}

BOOST_AUTO_TEST_CASE(echoes_an_origin_it_knows_and_always_varies) {
  BOOST_TEST(answer(kSome, "https://a.example") ==
             "vary: Origin\r\naccess-control-allow-origin: https://a.example\r\n"
             "access-control-allow-credentials: true\r\n");
  BOOST_TEST(answer(kSome, "https://evil.example") == "vary: Origin\r\n");
  BOOST_TEST(answer(kSome, "") == "vary: Origin\r\n");
}

BOOST_AUTO_TEST_CASE(exposes_headers_to_those_who_may_read) {
  CorsPolicy policy;
  policy.origins = {"https://a.example"};
  policy.expose = "x-total";

  BOOST_TEST(
      answer(policy, "https://a.example").ends_with("access-control-expose-headers: x-total\r\n"));
  BOOST_TEST(answer(policy, "https://b.example") == "vary: Origin\r\n");
}

BOOST_AUTO_TEST_CASE(leaves_an_answer_of_a_handler_that_knows_cors_alone) {
  HeaderLines lines;
  lines.append("X-A", "1");
  lines.append("Access-Control-Allow-Origin", "https://own.example");

  kSome.append_to(lines, "https://a.example");

  BOOST_TEST(lines.lines() == "X-A: 1\r\nAccess-Control-Allow-Origin: https://own.example\r\n");
}

BOOST_AUTO_TEST_CASE(allows_a_preflight_what_it_asks_for) {
  BOOST_TEST(preflight(kAny, "https://x.de") ==
             kVary +
                 "access-control-allow-origin: *\r\naccess-control-allow-methods: PUT\r\n"
                 "access-control-allow-headers: x-a, x-b\r\n");
  BOOST_TEST(preflight(kSome, "https://evil.example") == kVary);
}

BOOST_AUTO_TEST_CASE(allows_a_preflight_what_is_listed) {
  CorsPolicy policy;
  policy.methods = "GET, POST";
  policy.headers = "authorization";
  policy.max_age = std::chrono::seconds(600);

  BOOST_TEST(preflight(policy, "https://x.de") ==
             kVary +
                 "access-control-allow-origin: *\r\n"
                 "access-control-allow-methods: GET, POST\r\n"
                 "access-control-allow-headers: authorization\r\n"
                 "access-control-max-age: 600\r\n");
}

BOOST_AUTO_TEST_CASE(repeats_only_names_of_headers) {
  const std::string without = kVary +
                              "access-control-allow-origin: *\r\n"
                              "access-control-allow-methods: PUT\r\n";

  BOOST_TEST(preflight(kAny, "https://x.de", "a b") == without);
  BOOST_TEST(preflight(kAny, "https://x.de", "x-a, <script>") == without);
  BOOST_TEST(preflight(kAny, "https://x.de", "") == without);
}

BOOST_AUTO_TEST_SUITE_END()
