#include "routing/host_name.hpp"

#include <boost/test/unit_test.hpp>

using namespace plughost;
using routing::HostName;
using routing::HostPattern;

BOOST_AUTO_TEST_SUITE(routing_host_name)

BOOST_AUTO_TEST_CASE(reads_what_stands_before_a_path) {
  const struct {
    const char* text;
    const char* name;
    bool is_wildcard;
  } rows[] = {
      {"api.example.com", "api.example.com", false},
      {"API.Example.COM", "api.example.com", false},
      {"example.com.", "example.com", false},
      {"*.example.com", "example.com", true},
      {"localhost", "localhost", false},
      {"api.", "api", false},
      {"*.lan.", "lan", true},
      {"127.0.0.1", "127.0.0.1", false},
      {"[::1]", "[::1]", false},
      {"a_b-c.de", "a_b-c.de", false},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto host = HostPattern::parse(row.text);

      BOOST_REQUIRE(host);
      BOOST_TEST(host.value().name == row.name);
      BOOST_TEST(host.value().is_wildcard == row.is_wildcard);
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_with_cause_and_cure) {
  const struct {
    const char* text;
    const char* message;
  } rows[] = {
      {"*", "stands for every host; leave it out"},
      {"users",
       "has no dot; if it is part of the path, write '/' before it, and if it is a host, write "
       "'users.'"},
      {"*.lan",
       "has no dot; if it is part of the path, write '/' before it, and if it is a host, write "
       "'lan.'"},
      {"http:", "is the scheme of a URL; write 'HOST/PATH' without it"},
      {"example.com:8000", "has a port, which does not count; leave it out"},
      {"{tenant}.example.com",
       "has a parameter; a host has none, but '*.' stands for its first label"},
      {"a*.example.com",
       "has a '*' that is not its whole first label; write it like *.example.com"},
      {"*.*.example.com",
       "has a '*' that is not its whole first label; write it like *.example.com"},
      {"a..b", "is no host name; write a path that starts with '/', or HOST/PATH"},
      {".example.com", "is no host name; write a path that starts with '/', or HOST/PATH"},
      {"*.", "is no host name; write a path that starts with '/', or HOST/PATH"},
      {"a@b.c", "is no host name; write a path that starts with '/', or HOST/PATH"},
      {"[::1", "is no IPv6 address; write it like [::1]"},
      {"[::1]:80", "is no IPv6 address; write it like [::1]"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto host = HostPattern::parse(row.text);

      BOOST_REQUIRE(!host);
      BOOST_TEST(host.error() ==
                 "the host '" + std::string(row.text) + "' before the path " + row.message);
    }
  }
}

BOOST_AUTO_TEST_CASE(makes_hosts_comparable) {
  const std::string long_name(256, 'a');
  const struct {
    std::string host;
    const char* text;
    const char* parent;
  } rows[] = {
      {"API.example.com:8000", "api.example.com", "example.com"},
      {"example.com.", "example.com", "com"},
      {"example.com.:80", "example.com", "com"},
      {"localhost", "localhost", ""},
      {"[::1]:80", "[::1]", ""},
      {"[::FFFF]", "[::ffff]", ""},
      {"", "", ""},
      {".", "", ""},
      {".com", ".com", ""},
      {long_name, "", ""},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.host) {
      const HostName name(row.host);

      BOOST_TEST(name.text() == row.text);
      BOOST_TEST(name.parent() == row.parent);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
