#include "http/accept_encoding.hpp"

#include <boost/test/unit_test.hpp>

#include "fields.hpp"

namespace plughost::http {
namespace {

constexpr std::string_view kOffered[] = {"br", "gzip"};

struct Row {
  const char* field;
  const char* expected;
};

// RFC 9110 section 12.5.3.
constexpr Row kRows[] = {
    {"gzip", "gzip"},
    {"br", "br"},
    {"gzip, br", "br"},
    {"GZIP", "gzip"},
    {"gzip, deflate, br;q=0.5", "gzip"},
    {"br;q=0.5, gzip;q=0.5", "br"},
    {"br;q=0", ""},
    {"br;q=0.000, gzip", "gzip"},
    {"*", "br"},
    {"*;q=0", ""},
    {"br;q=0, *", "gzip"},
    {"gzip;q=0.1, *;q=0.5", "br"},
    {"identity", ""},
    {"identity, gzip;q=0.5", ""},
    {"identity;q=0.5, gzip", "gzip"},
    {"identity;q=0", ""},
    {"deflate", ""},
    {"", ""},
    {"gzip ; q=1.0", "gzip"},
    {"gzip;Q=0.3", "gzip"},
    {"gzip;q=2", ""},
    {"gzip;q=x", ""},
    {"gzip;level=1", ""},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_accept_encoding)

BOOST_AUTO_TEST_CASE(chooses_what_the_client_likes_best) {
  for (const Row& row : kRows) {
    BOOST_TEST_CONTEXT(row.field) {
      BOOST_TEST(choose_coding(RequestWith({{"accept-encoding", row.field}}), kOffered) ==
                 row.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(sends_as_it_is_to_who_says_nothing) {
  BOOST_TEST(choose_coding(RequestWith({}), kOffered) == "");
}

BOOST_AUTO_TEST_CASE(reads_every_line) {
  const RequestWith request({{"accept-encoding", "deflate"}, {"accept-encoding", "gzip"}});

  BOOST_TEST(choose_coding(request, kOffered) == "gzip");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace plughost::http
