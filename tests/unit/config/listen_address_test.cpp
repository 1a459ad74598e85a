#include "config/listen_address.hpp"

#include <boost/test/unit_test.hpp>

using namespace plughost::config;
using Kind = ListenAddress::Kind;

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

BOOST_AUTO_TEST_CASE(reads_unix_and_systemd_sockets) {
  const auto unix_socket = parse_listen_address("unix:/run/x y:1.sock");
  const auto all = parse_listen_address("systemd");
  const auto named = parse_listen_address("systemd:web");

  BOOST_REQUIRE((unix_socket && all && named));
  BOOST_TEST((unix_socket.value().kind == Kind::unix_socket));
  BOOST_TEST(unix_socket.value().path == "/run/x y:1.sock");
  BOOST_TEST((all.value().kind == Kind::inherited));
  BOOST_TEST(all.value().name == "");
  BOOST_TEST((named.value().kind == Kind::inherited));
  BOOST_TEST(named.value().name == "web");
}

BOOST_AUTO_TEST_CASE(writes_what_it_reads) {
  for (const char* text : {"127.0.0.1:8000", "[::1]:0", "localhost:80", "unix:/run/x.sock",
                           "unix:x.sock", "systemd", "systemd:web"}) {
    BOOST_TEST(to_string(parse_listen_address(text).value()) == text);
  }
}

BOOST_AUTO_TEST_CASE(places_a_relative_path_in_its_folder) {
  auto relative = parse_listen_address("unix:run/../x.sock").value();
  auto absolute = parse_listen_address("unix:/run/x.sock").value();
  auto tcp = parse_listen_address("localhost:80").value();

  BOOST_TEST(place_unix_socket(relative, "/srv/app") == "");
  BOOST_TEST(place_unix_socket(absolute, "/srv/app") == "");
  BOOST_TEST(place_unix_socket(tcp, "/srv/app") == "");

  BOOST_TEST(relative.path == "/srv/app/x.sock");
  BOOST_TEST(absolute.path == "/run/x.sock");
  BOOST_TEST(tcp.path.empty());
}

BOOST_AUTO_TEST_CASE(refuses_a_path_that_no_socket_can_have) {
  auto longest = parse_listen_address("unix:/" + std::string(106, 'x')).value();
  auto longer = parse_listen_address("unix:/" + std::string(107, 'x')).value();

  BOOST_TEST(place_unix_socket(longest, "/") == "");
  BOOST_TEST(place_unix_socket(longer, "/") ==
             "'/" + std::string(107, 'x') +
                 "' is too long for a Unix socket; choose a path of at most 107 bytes");
}

BOOST_AUTO_TEST_CASE(finds_what_is_there_already) {
  std::vector<ListenAddress> addresses;
  for (const char* text : {"localhost:80", "localhost:0", "unix:/a"}) {
    addresses.push_back(parse_listen_address(text).value());
  }
  const auto find = [&](const char* text) {
    return find_repeated(addresses, parse_listen_address(text).value());
  };

  BOOST_TEST(find("localhost:80") == "'localhost:80' is there twice; remove one of the two");
  BOOST_TEST(find("unix:/a") == "'unix:/a' is there twice; remove one of the two");
  BOOST_TEST(find("localhost:0") == "");
  BOOST_TEST(find("localhost:81") == "");
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
      {"unix:", "'unix:' has no path; write it like unix:/run/plughost.sock"},
      {"unix:/run/", "'unix:/run/' is no path of a file; write it like unix:/run/plughost.sock"},
      {"systemd:",
       "'systemd:' names no socket; write 'systemd' for all of them, or 'systemd:NAME' with a "
       "FileDescriptorName of the .socket unit"},
      {"systemd:a:b",
       "'systemd:a:b' names no socket; write 'systemd' for all of them, or 'systemd:NAME' with a "
       "FileDescriptorName of the .socket unit"},
      {"unix:///run/x.sock", "'unix:///run/x.sock' is a URL; write only HOST:PORT"},
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
