#include "base/ip_network.hpp"

#include <boost/test/unit_test.hpp>

using plughost::IpAddress;
using plughost::IpNetwork;

BOOST_AUTO_TEST_SUITE(base_ip_network)

BOOST_AUTO_TEST_CASE(reads_and_writes_addresses) {
  const struct {
    const char* text;
    const char* written;
  } rows[] = {
      {"10.0.0.1", "10.0.0.1"},        {"2001:DB8::1", "2001:db8::1"}, {"::1", "::1"},
      {"::ffff:10.0.0.1", "10.0.0.1"}, {"0.0.0.0", "0.0.0.0"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.text) {
      const auto address = IpAddress::parse(row.text);

      BOOST_REQUIRE(address);
      BOOST_TEST(address->text() == row.written);
    }
  }
  BOOST_TEST((IpAddress::parse("::ffff:10.0.0.1") == IpAddress::parse("10.0.0.1")));
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_address) {
  for (const char* text : {"", "10.0.0", "10.0.0.256", "10.0.0.1:80", "[::1]", "::1%eth0",
                           "localhost", "1::2::3", "010.0.0.1x"}) {
    BOOST_TEST(!IpAddress::parse(text).has_value(), text);
  }
  BOOST_TEST(!IpAddress::parse(std::string(100, '1')).has_value());
  BOOST_TEST(!IpAddress::parse(std::string_view("::1\0", 4)).has_value());
}

BOOST_AUTO_TEST_CASE(contains_what_begins_with_its_bits) {
  const struct {
    const char* network;
    const char* address;
    bool inside;
  } rows[] = {
      {"10.0.0.0/8", "10.255.1.2", true},
      {"10.0.0.0/8", "11.0.0.0", false},
      {"10.9.9.9/8", "10.1.1.1", true},
      {"192.168.4.0/22", "192.168.7.255", true},
      {"192.168.4.0/22", "192.168.8.0", false},
      {"127.0.0.1", "127.0.0.1", true},
      {"127.0.0.1", "127.0.0.2", false},
      {"0.0.0.0/0", "8.8.8.8", true},
      {"0.0.0.0/0", "2001:db8::1", false},
      {"::/0", "8.8.8.8", true},
      {"2001:db8::/33", "2001:db8:7fff::1", true},
      {"2001:db8::/33", "2001:db8:8000::1", false},
      {"::1/128", "::1", true},
      {"10.0.0.0/8", "::ffff:10.0.0.1", true},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.address << " in " << row.network) {
      BOOST_TEST(IpNetwork::parse(row.network)->contains(*IpAddress::parse(row.address)) ==
                 row.inside);
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_network) {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "::/129",
                           "10.0.0.0/8/8", "10.0.0.0/8x", "example.com"}) {
    BOOST_TEST(!IpNetwork::parse(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
