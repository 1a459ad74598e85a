#include "http/proxy_protocol.hpp"

#include <boost/test/unit_test.hpp>

using namespace plughost::http;
using Status = ProxyHeader::Status;

namespace {

const std::string kSignature("\r\n\r\n\0\r\nQUIT\n", 12);

std::string version_2(unsigned char command, unsigned char family, const std::string& rest) {
  return kSignature + static_cast<char>(command) + static_cast<char>(family) +
         static_cast<char>(rest.size() >> 8) + static_cast<char>(rest.size() & 255) + rest;
}

const std::string kTcp4("\xC0\x00\x02\x01\x0A\x00\x00\x01\x12\x67\x00\x50", 12);
const std::string kTcp6 = std::string("\x20\x01\x0D\xB8", 4) + std::string(11, '\0') + "\x01" +
                          std::string(15, '\0') + "\x01" + std::string("\x12\x67\x01\xBB", 4);
const std::string kTlv(
    "\x04\x00\x03"
    "abc",
    6);

/// "192.0.2.1:4711 > 10.0.0.1:80", "own" for a connection without ends, "more", "bad".
std::string describe(const std::string& bytes) {
  const auto header = read_proxy_header(bytes);
  if (header.status == Status::need_more) return "more";
  if (header.status == Status::malformed) return "bad";
  if (!header.has_ends) return "own";
  const auto end = [](const ProxiedEnd& each) {
    return each.address + ':' + std::to_string(each.port);
  };
  return end(header.source) + " > " + end(header.destination);
}

struct Row {
  const char* name;
  std::string header;
  const char* expected;
};

const Row kHeaders[] = {
    {"1, TCP4", "PROXY TCP4 192.0.2.1 10.0.0.1 4711 80\r\n", "192.0.2.1:4711 > 10.0.0.1:80"},
    {"1, TCP6", "PROXY TCP6 2001:db8::1 ::1 4711 443\r\n", "2001:db8::1:4711 > ::1:443"},
    {"1, UNKNOWN", "PROXY UNKNOWN\r\n", "own"},
    {"1, UNKNOWN and more", "PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n", "own"},
    {"2, TCP4", version_2(0x21, 0x11, kTcp4), "192.0.2.1:4711 > 10.0.0.1:80"},
    {"2, TCP6", version_2(0x21, 0x21, kTcp6), "2001:db8::1:4711 > ::1:443"},
    {"2, TCP4 and extensions", version_2(0x21, 0x11, kTcp4 + kTlv), "192.0.2.1:4711 > 10.0.0.1:80"},
    {"2, LOCAL", version_2(0x20, 0x00, ""), "own"},
    {"2, LOCAL with addresses", version_2(0x20, 0x11, kTcp4), "own"},
    {"2, unspecified", version_2(0x21, 0x00, kTlv), "own"},
    {"2, Unix", version_2(0x21, 0x31, std::string(216, 'x')), "own"},
    {"2, longest", version_2(0x21, 0x11, kTcp4 + std::string(4096 - 16 - 12, 'x')),
     "192.0.2.1:4711 > 10.0.0.1:80"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(http_proxy_protocol)

BOOST_AUTO_TEST_CASE(reads_each_kind_and_leaves_what_follows) {
  for (const auto& row : kHeaders) {
    BOOST_TEST_CONTEXT(row.name) {
      for (const char* behind : {"", "G", "GET / HTTP/1.1\r\n\r\n", "\r\n"}) {
        BOOST_TEST(describe(row.header + behind) == row.expected);
        BOOST_TEST(read_proxy_header(row.header + behind).size == row.header.size());
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(waits_for_the_rest_wherever_it_is_cut) {
  for (const auto& row : kHeaders) {
    BOOST_TEST_CONTEXT(row.name) {
      for (std::size_t size = 0; size < row.header.size(); ++size) {
        BOOST_REQUIRE(describe(row.header.substr(0, size)) == "more");
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(refuses_everything_else) {
  const Row rows[] = {
      {"a request", "GET / HTTP/1.1\r\n", "bad"},
      {"a TLS hello", "\x16\x03\x01", "bad"},
      {"lower case", "proxy TCP4 1.1.1.1 2.2.2.2 1 2\r\n", "bad"},
      {"unknown protocol", "PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n", "bad"},
      {"no protocol", "PROXY \r\n", "bad"},
      {"address of another family", "PROXY TCP4 ::1 ::2 1 2\r\n", "bad"},
      {"no address", "PROXY TCP4 1.1.1 2.2.2.2 1 2\r\n", "bad"},
      {"two blanks", "PROXY TCP4  1.1.1.1 2.2.2.2 1 2\r\n", "bad"},
      {"blank at the end", "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \r\n", "bad"},
      {"port too large", "PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n", "bad"},
      {"port with a zero", "PROXY TCP4 1.1.1.1 2.2.2.2 01 2\r\n", "bad"},
      {"port missing", "PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n", "bad"},
      {"bare CR", "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\rx", "bad"},
      {"bare LF", "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\nGET / HTTP/1.1\r\n", "bad"},
      {"endless line", "PROXY UNKNOWN " + std::string(200, 'x'), "bad"},
      {"NUL", std::string("PROXY TCP4 1.1.1.1\0 2.2.2.2 1 2\r\n", 33), "bad"},
      {"wrong signature", "\r\n\r\n\r\n", "bad"},
      {"version 3", version_2(0x31, 0x11, kTcp4), "bad"},
      {"unknown command", version_2(0x22, 0x11, kTcp4), "bad"},
      {"datagrams", version_2(0x21, 0x12, kTcp4), "bad"},
      {"short addresses", version_2(0x21, 0x11, kTcp4.substr(1)), "bad"},
      {"short IPv6 addresses", version_2(0x21, 0x21, kTcp4), "bad"},
      {"short Unix addresses", version_2(0x21, 0x31, std::string(215, 'x')), "bad"},
      {"too long", version_2(0x21, 0x11, kTcp4 + std::string(4096 - 16 - 11, 'x')), "bad"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.name) { BOOST_TEST(describe(row.header) == row.expected); }
  }
}

BOOST_AUTO_TEST_SUITE_END()
