#include "http/request_target.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace plughost::http {
namespace {

struct Good {
  std::string_view method;
  std::string_view target;
  std::string_view raw_path;
  std::string_view path;
  std::string_view query;
  std::string_view host;
};

constexpr Good kGood[] = {
    {"GET", "/", "/", "/", "", ""},
    {"GET", "/a..b/.c/..d/e.", "/a..b/.c/..d/e.", "/a..b/.c/..d/e.", "", ""},
    {"GET", "/...", "/...", "/...", "", ""},
    {"GET", "//a//b", "//a//b", "//a//b", "", ""},
    {"GET", "/?", "/", "/", "", ""},
    {"GET", "/?q=100%", "/", "/", "q=100%", ""},
    {"GET", "/?a=%00/../b?c", "/", "/", "a=%00/../b?c", ""},
    {"GET", "/%25%32%65", "/%25%32%65", "/%2e", "", ""},
    {"GET", "/%3Fx", "/%3Fx", "/?x", "", ""},
    {"GET", "/caf\xC3\xA9", "/caf\xC3\xA9", "/caf\xC3\xA9", "", ""},
    {"GET", "http://h", "/", "/", "", "h"},
    {"GET", "http://h:80?q", "/", "/", "q", "h:80"},
    {"GET", "HtTpS://[::1]:8/a%41", "/a%41", "/aA", "", "[::1]:8"},
    {"OPTIONS", "*", "*", "*", "", ""},
    {"OPTIONS", "http://h:80", "*", "*", "", "h:80"},
    {"OPTIONS", "http://h/", "/", "/", "", "h"},
};

struct Bad {
  std::string_view name;
  std::string_view method;
  std::string_view target;
  unsigned status;
  std::string_view word;
};

constexpr Bad kBad[] = {
    {"dot segment (3986 section 3.3)", "GET", "/a/../b", 400, "'..'"},
    {"dot segment at the end", "GET", "/a/..", 400, "'..'"},
    {"single dot", "GET", "/./a", 400, "'.'"},
    {"escaped dots", "GET", "/%2e%2E/etc", 400, "'..'"},
    {"half escaped dots", "GET", "/.%2e", 400, "'..'"},
    {"dots between escaped slashes", "GET", "/a%2f..%2fb", 400, "'..'"},
    {"dots behind dots", "GET", "/.../..", 400, "'..'"},
    {"escape without digits (3986 section 2.1)", "GET", "/a%zz", 400, "'%zz'"},
    {"escape cut short", "GET", "/a%4", 400, "'%4'"},
    {"percent sign at the end", "GET", "/100%", 400, "'%'"},
    {"escaped NUL", "GET", "/a%00.txt", 400, "NUL"},
    {"fragment (9112 section 3.2)", "GET", "/a#b", 400, "fragment"},
    {"fragment behind a query", "GET", "/a?b#c", 400, "fragment"},
    {"fragment behind an authority", "GET", "http://h#c", 400, "fragment"},
    {"fragment behind an authority and a query", "GET", "http://h?b#c", 400, "fragment"},
    {"asterisk without OPTIONS (9112 section 3.2.4)", "GET", "*", 400, "target"},
    {"relative path (9112 section 3.2)", "GET", "a/b", 400, "target"},
    {"only a query", "GET", "?a", 400, "target"},
    {"another scheme", "GET", "ftp://h/a", 400, "target"},
    {"no host (9110 section 4.2.1)", "GET", "http:///a", 400, "host"},
    {"user information (9110 section 4.2.4)", "GET", "http://u:p@h/a", 400, "host"},
    {"authority-form without CONNECT", "GET", "h:443", 400, "target"},
    {"CONNECT (9110 section 9.3.6)", "CONNECT", "h:443", 501, "CONNECT"},
};

void fill(RequestMessage& message, std::string_view method, std::string_view target) {
  message.bytes.reserve(target.size());
  message.method = method;
  message.target = target;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_request_target)

BOOST_AUTO_TEST_CASE(takes_targets_apart) {
  for (const Good& row : kGood) {
    BOOST_TEST_CONTEXT(row.method << ' ' << row.target) {
      RequestMessage message;
      fill(message, row.method, row.target);

      const auto refusal = apply_target(message);

      BOOST_TEST(!refusal.has_value());
      BOOST_TEST(message.raw_path == row.raw_path);
      BOOST_TEST(message.path == row.path);
      BOOST_TEST(message.query == row.query);
      BOOST_TEST(message.host == row.host);
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_bad_targets) {
  for (const Bad& row : kBad) {
    BOOST_TEST_CONTEXT(row.name) {
      RequestMessage message;
      fill(message, row.method, row.target);

      const auto refusal = apply_target(message);

      BOOST_TEST_REQUIRE(refusal.has_value());
      BOOST_TEST(refusal->status == row.status);
      BOOST_TEST_CONTEXT(refusal->detail) {
        BOOST_TEST((refusal->detail.find(row.word) != std::string::npos));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(quotes_what_it_refuses_in_ascii) {
  BOOST_TEST(quoted("a\xFF\nb") == "'a??b'");
  BOOST_TEST(quoted(std::string(100, 'x')) == "'" + std::string(48, 'x') + "...'");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
