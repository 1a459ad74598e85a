#include "http/forwarded.hpp"

#include <boost/test/unit_test.hpp>

using namespace plughost;
using namespace plughost::http;

namespace {

const IsTrusted kTenNet = [](const IpAddress& address) {
  return IpNetwork::parse("10.0.0.0/8")->contains(address);
};

using Fields = std::vector<HeaderField>;

/// "client:port scheme host", with '-' for what is not said.
std::string describe(const Forwarded& result) {
  const auto or_dash = [](std::string_view text) { return std::string(text.empty() ? "-" : text); };
  return (result.client ? result.client->text() : "-") +
         (result.client_port > 0 ? ":" + std::to_string(result.client_port) : "") + ' ' +
         or_dash(result.scheme) + ' ' + or_dash(result.host);
}

std::string read(Forwarded (*reader)(const RequestMessage&, const IsTrusted&), Fields fields) {
  RequestMessage message;
  message.headers = std::move(fields);
  return describe(reader(message, kTenNet));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_forwarded)

BOOST_AUTO_TEST_CASE(finds_the_right_most_client_that_is_not_trusted) {
  const struct {
    const char* list;
    const char* expected;
  } rows[] = {
      {"192.0.2.1", "192.0.2.1 - -"},
      {"192.0.2.1:4711", "192.0.2.1:4711 - -"},
      {"2001:db8::1", "2001:db8::1 - -"},
      {"[2001:db8::1]:80", "2001:db8::1:80 - -"},
      {"6.6.6.6, 192.0.2.1", "192.0.2.1 - -"},
      {"6.6.6.6, 192.0.2.1, 10.0.0.1, 10.0.0.2", "192.0.2.1 - -"},
      {"10.0.0.3,10.0.0.2", "10.0.0.3 - -"},
      {"192.0.2.1, nonsense", "- - -"},
      {"192.0.2.1, nonsense, 10.0.0.2", "10.0.0.2 - -"},
      {"192.0.2.1,", "192.0.2.1 - -"},
      {"192.0.2.1, , 10.0.0.1", "10.0.0.1 - -"},
      {"unknown", "- - -"},
      {"192.0.2.1:99999", "- - -"},
      {"[192.0.2.1]", "- - -"},
      {"", "- - -"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.list) {
      BOOST_TEST(read(&read_x_forwarded, {{"x-forwarded-for", row.list}}) == row.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(reads_lines_of_one_name_as_one_list) {
  BOOST_TEST(read(&read_x_forwarded, {{"x-forwarded-for", "192.0.2.1"},
                                      {"accept", "x"},
                                      {"x-forwarded-for", "10.0.0.1"}}) == "192.0.2.1 - -");
  BOOST_TEST(read(&read_x_forwarded, {{"x-forwarded-for", "10.0.0.1"},
                                      {"x-forwarded-for", "192.0.2.1"}}) == "192.0.2.1 - -");
}

BOOST_AUTO_TEST_CASE(believes_no_endless_list) {
  std::string list = "192.0.2.1";
  for (int i = 0; i < 64; ++i) list += ", 10.0.0.1";

  BOOST_TEST(read(&read_x_forwarded, {{"x-forwarded-for", list}}) == "- - -");
}

BOOST_AUTO_TEST_CASE(takes_the_last_scheme_and_host) {
  const auto read_both = [](const char* proto, const char* host) {
    return read(&read_x_forwarded, {{"x-forwarded-proto", proto}, {"x-forwarded-host", host}});
  };

  BOOST_TEST(read_both("https", "example.com:8443") == "- https example.com:8443");
  BOOST_TEST(read_both("http, HTTPS", "a.example, b.example") == "- https b.example");
  BOOST_TEST(read_both("gopher", "a b") == "- - -");
  BOOST_TEST(read_both("", "") == "- - -");
}

BOOST_AUTO_TEST_CASE(reads_the_standard_field) {
  const struct {
    const char* line;
    const char* expected;
  } rows[] = {
      {"for=192.0.2.1", "192.0.2.1 - -"},
      {"For=\"[2001:db8::1]:4711\";Proto=https;Host=example.com",
       "2001:db8::1:4711 https example.com"},
      {"for=6.6.6.6;proto=https, for=192.0.2.1;proto=http", "192.0.2.1 http -"},
      {"for=192.0.2.1;proto=https;host=a.example, for=10.0.0.1;proto=http",
       "192.0.2.1 https a.example"},
      {"for=192.0.2.1;by=\"_x\";secret=\"a\\\"b,c;d\"", "192.0.2.1 - -"},
      {"for=unknown;proto=https", "- https -"},
      {"for=_hidden, for=10.0.0.1;host=b.example", "10.0.0.1 - b.example"},
      {"for=\"192.0.2.1:_port\"", "192.0.2.1 - -"},
      {" for=192.0.2.1 ; proto=https , ", "192.0.2.1 https -"},
      {"for=10.0.0.2, for=10.0.0.1", "10.0.0.2 - -"},
      {"proto=https", "- https -"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.line) {
      BOOST_TEST(read(&read_forwarded, {{"forwarded", row.line}}) == row.expected);
    }
  }
}

BOOST_AUTO_TEST_CASE(believes_nothing_of_a_broken_standard_field) {
  for (const char* line : {"for", "for=", "=x", "for=192.0.2.1 proto=https", "for=\"192.0.2.1",
                           "for=[::1]", "for=192.0.2.1;for=192.0.2.2", "for=192.0.2.1:80",
                           "for =192.0.2.1", "for=192.0.2.1;;=", "192.0.2.1"}) {
    BOOST_TEST_CONTEXT(line) {
      BOOST_TEST(read(&read_forwarded, {{"forwarded", line}}) == "- - -");
      BOOST_TEST(read(&read_forwarded, {{"forwarded", line}, {"forwarded", "for=192.0.2.1"}}) ==
                 "- - -");
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
