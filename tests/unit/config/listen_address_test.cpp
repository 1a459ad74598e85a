#include <boost/test/unit_test.hpp>

#include "config/yaml_loader.hpp"

using plughost::config::parse_listen_address;

BOOST_AUTO_TEST_SUITE(config_listen_address)

BOOST_AUTO_TEST_CASE(reads_host_and_port) {
  const struct {
    const char* text;
    const char* host;
    int port;
  } rows[] = {
      {"127.0.0.1:8000", "127.0.0.1", 8000},
      {"0.0.0.0:80", "0.0.0.0", 80},
      {"[::1]:0", "::1", 0},
      {"[::]:65535", "::", 65535},
      {"[fe80::1%eth0]:80", "fe80::1%eth0", 80},
      {"localhost:80", "localhost", 80},
      {"my-host.example:8080", "my-host.example", 8080},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto address = parse_listen_address(row.text);
      BOOST_REQUIRE(address);
      BOOST_TEST(address.value().host == row.host);
      BOOST_TEST(address.value().port == row.port);
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_with_cause_and_cure) {
  const struct {
    const char* text;
    const char* message;
  } rows[] = {
      {"", "'' is not HOST:PORT; write it like 127.0.0.1:8000"},
      {"8000", "'8000' is not HOST:PORT; write it like 127.0.0.1:8000"},
      {":8000", "':8000' has no host; write it like 127.0.0.1:8000"},
      {"*:80", "'*:80' names no address; write 0.0.0.0 for all of IPv4 or [::] for all"},
      {"127.0.0:80", "'127.0.0:80' holds no IPv4 address; write it like 127.0.0.1:8000"},
      {"1.2.3.256:80", "'1.2.3.256:80' holds no IPv4 address; write it like 127.0.0.1:8000"},
      {"a b:80", "'a b:80' holds no address or host name; write it like 127.0.0.1:8000"},
      {"localhost:",
       "'' in 'localhost:' is not a port; write a number from 0 (any free port) to "
       "65535"},
      {"localhost:65536",
       "'65536' in 'localhost:65536' is not a port; write a number from 0 (any "
       "free port) to 65535"},
      {"localhost:-1",
       "'-1' in 'localhost:-1' is not a port; write a number from 0 (any free "
       "port) to 65535"},
      {"localhost:http",
       "'http' in 'localhost:http' is not a port; write a number from 0 (any "
       "free port) to 65535"},
      {"::1:8000",
       "'::1:8000' has several colons; an IPv6 address stands in brackets, like "
       "[::1]:8000"},
      {"[::1]", "'[::1]' has no port; write it like [::1]:8000"},
      {"[::1", "'[::1' holds no IPv6 address; write it like [::1]:8000"},
      {"[127.0.0.1]:80", "'[127.0.0.1]:80' holds no IPv6 address; write it like [::1]:8000"},
      {"unix:/run/x.sock",
       "'unix:/run/x.sock': a Unix socket is not supported in this version; "
       "write HOST:PORT"},
      {"http://127.0.0.1:80", "'http://127.0.0.1:80' is a URL; write only HOST:PORT"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto address = parse_listen_address(row.text);
      BOOST_REQUIRE(!address);
      BOOST_TEST(address.error() == row.message);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
