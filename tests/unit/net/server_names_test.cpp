#include "net/server_names.hpp"

#include <boost/test/unit_test.hpp>

using plughost::net::ServerNames;

BOOST_AUTO_TEST_SUITE(net_server_names)

BOOST_AUTO_TEST_CASE(finds_the_certificate_of_a_name) {
  ServerNames names;
  BOOST_TEST(names.add("Example.com", 0));
  BOOST_TEST(names.add("*.example.com", 1));
  BOOST_TEST(names.add("www.example.com", 2));
  const struct {
    const char* asked;
    int certificate;  // -1: none
  } rows[] = {
      {"example.com", 0},
      {"EXAMPLE.com.", 0},
      {"www.example.com", 2},
      {"a.example.com", 1},
      {"A.EXAMPLE.COM", 1},
      {"a.b.example.com", -1},
      {".example.com", -1},
      {"example.org", -1},
      {"*.example.com", 1},
      {"com", -1},
      {"", -1},
      {".", -1},
      {"xexample.com", -1},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.asked) {
      const auto found = names.find(row.asked);
      BOOST_TEST((found ? static_cast<int>(*found) : -1) == row.certificate);
    }
  }
}

BOOST_AUTO_TEST_CASE(keeps_the_first_certificate_of_a_name) {
  ServerNames names;

  BOOST_TEST(names.add("a.example", 0));
  BOOST_TEST(!names.add("A.example.", 1));
  BOOST_TEST(names.add("*.a.example", 1));
  BOOST_TEST(!names.add("*.A.example", 2));

  BOOST_TEST(names.find("a.example").value() == 0u);
  BOOST_TEST(names.find("x.a.example").value() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
