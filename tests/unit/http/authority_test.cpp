#include "http/authority.hpp"

#include <boost/test/unit_test.hpp>

namespace plughost::http {
namespace {

constexpr std::string_view kValid[] = {
    "example.com", "example.com:8080", "EXAMPLE.com",    "a_b.example", "127.0.0.1:80",
    "[::1]",       "[::1]:8000",       "[fe80::1:2]",    "caf%C3%A9",   "example.com:",
    "a:65535",     "localhost",        "xn--caf-dma.fr", "a.b.",        "[::ffff:1.2.3.4]:1",
};

constexpr std::string_view kInvalid[] = {
    "",
    ":80",
    "a b",
    "a/b",
    "a\tb",
    "user@host",
    "a:b",
    "a:80:80",
    "a?b",
    "a#b",
    "a\\b",
    "[::1",
    "::1",
    "[::1]x",
    "[]",
    "[g::1]",
    "[::1]:x",
    "a:65536",
    "a:999999999999",
    "a%4",
    "a%zz",
    "caf\xC3\xA9",
    "a\"b",
    "<a>",
    "[1.2.3.4]",
    "[fe80::1%25eth0]",
    "[v1.a]",
    "a:+80",
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_authority)

BOOST_AUTO_TEST_CASE(accepts_host_and_port) {
  for (const std::string_view text : kValid) {
    BOOST_TEST_CONTEXT(text) { BOOST_TEST(is_host_and_port(text)); }
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_names_no_host) {
  for (const std::string_view text : kInvalid) {
    BOOST_TEST_CONTEXT(text) { BOOST_TEST(!is_host_and_port(text)); }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
