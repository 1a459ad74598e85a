#include <boost/test/unit_test.hpp>

#include "unit/config/config_file.hpp"

using namespace plughost::config;
using testing::ConfigFolder;
using testing::load;
using testing::MistakeRow;
using testing::mistakes;

namespace {

constexpr MistakeRow kRows[] = {
    {"nothing in it", "tls:\nroutes: {}\n",
     "routes.yaml:1:1: error: 'tls' has no 'cert' and no 'key'; write both, like cert: server.crt "
     "and key: server.key\n"},
    {"no key", "tls: { cert: a.crt }\nroutes: {}\n",
     "routes.yaml:1:6: error: 'tls' has no 'key'; write both, like cert: server.crt and key: "
     "server.key\n"},
    {"no certificate", "tls: { key: a.key }\nroutes: {}\n",
     "routes.yaml:1:6: error: 'tls' has no 'cert'; write both, like cert: server.crt and key: "
     "server.key\n"},
    {"wrong shapes", "tls: { cert: [a], key: { a: b }, certificates: a.crt }\nroutes: {}\n",
     "routes.yaml:1:14: error: expected the path of a certificate, not a list\n"
     "routes.yaml:1:24: error: expected the path of a private key, not a mapping\n"
     "routes.yaml:1:48: error: 'certificates' must be a list with items like '- { cert: other.crt, "
     "key: other.key }'\n"},
    {"no mapping", "tls: true\nroutes: {}\n",
     "routes.yaml:1:6: error: expected a mapping in 'tls' with keys like cert, key, certificates, "
     "client_ca, client_auth and min_version\n"},
    {"empty list", "tls: { certificates: [] }\nroutes: {}\n",
     "routes.yaml:1:22: error: 'certificates' is empty; add a certificate\n"},
    {"items",
     "tls:\n  certificates:\n    - { cert: a.crt }\n    - b.crt\n    - { crt: c }\n"
     "routes: {}\n",
     "routes.yaml:3:7: error: this certificate has no 'key'; write both, like cert: server.crt and "
     "key: server.key\n"
     "routes.yaml:4:7: error: expected a mapping in 'certificates' with keys like names, cert and "
     "key\n"
     "routes.yaml:5:7: error: this certificate has no 'cert' and no 'key'; write both, like cert: "
     "server.crt and key: server.key\n"
     "routes.yaml:5:9: error: unknown key 'crt' in 'certificates' (did you mean 'cert'?)\n"},
    {"names",
     "tls:\n  certificates:\n    - cert: a.crt\n      key: a.key\n"
     "      names: [127.0.0.1, \"a.*.b\", \"*.*.b\", a..b, .a, a., ü.example, \"a b\", \"\"]\n"
     "routes: {}\n",
     "routes.yaml:5:15: error: '127.0.0.1' is no host name; clients ask for a certificate by name, "
     "never by address\n"
     "routes.yaml:5:26: error: 'a.*.b' has a '*' in the wrong place; it stands for the first label "
     "only, like *.example.com\n"
     "routes.yaml:5:35: error: '*.*.b' has a '*' in the wrong place; it stands for the first label "
     "only, like *.example.com\n"
     "routes.yaml:5:44: error: 'a..b' is no host name; write it like www.example.com, in ASCII "
     "(xn--…)\n"
     "routes.yaml:5:50: error: '.a' is no host name; write it like www.example.com, in ASCII "
     "(xn--…)\n"
     "routes.yaml:5:54: error: 'a.' is no host name; write it like www.example.com, in ASCII "
     "(xn--…)\n"
     "routes.yaml:5:58: error: 'ü.example' is no host name; write it like www.example.com, in "
     "ASCII (xn--…)\n"
     "routes.yaml:5:70: error: 'a b' is no host name; write it like www.example.com, in ASCII "
     "(xn--…)\n"
     "routes.yaml:5:77: error: expected a host name, but there is nothing; write one or remove the "
     "key\n"},
    {"choices", "tls: { cert: a, key: b, client_auth: yes, min_version: 1.1 }\nroutes: {}\n",
     "routes.yaml:1:38: error: 'yes' is not a way to treat clients; write none, optional or "
     "required\n"
     "routes.yaml:1:56: error: '1.1' is not a TLS version; write 1.2 or 1.3 (did you mean "
     "'1.2'?)\n"},
    {"clients without an authority",
     "tls: { cert: a, key: b, client_auth: optional }\nroutes: {}\n",
     "routes.yaml:1:38: error: 'optional' needs 'client_ca', the authority whose certificates "
     "clients may come with\n"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(config_tls_section)

BOOST_AUTO_TEST_CASE(is_off_unless_it_is_written) {
  BOOST_TEST(!load("routes: {}\n").tls.has_value());
}

BOOST_AUTO_TEST_CASE(reads_one_certificate) {
  const ConfigFolder folder("tls: { cert: server.crt, key: /etc/ssl/server.key }\nroutes: {}\n");

  const auto tls = load_yaml(folder.file()).tls;

  BOOST_REQUIRE(tls.has_value());
  BOOST_REQUIRE(tls->certificates.size() == 1u);
  BOOST_TEST(tls->certificates[0].cert.path == (folder.path() / "server.crt").string());
  BOOST_TEST(tls->certificates[0].cert.position.column == 14);
  BOOST_TEST(tls->certificates[0].key.path == "/etc/ssl/server.key");
  BOOST_TEST(!tls->client_ca.has_value());
  BOOST_TEST((tls->client_auth == ClientAuth::none));
  BOOST_TEST((tls->min_version == Tls::Version::v1_2));
}

BOOST_AUTO_TEST_CASE(reads_several_with_their_own_first) {
  const auto tls = load(
                       "tls:\n"
                       "  certificates:\n"
                       "    - { cert: a.crt, key: a.key, names: A.example }\n"
                       "    - { cert: b.crt, key: b.key, names: [b.example, \"*.B.example\"] }\n"
                       "  cert: c.crt\n"
                       "  key: c.key\n"
                       "  min_version: 1.3\n"
                       "routes: {}\n")
                       .tls;

  BOOST_REQUIRE(tls->certificates.size() == 3u);
  BOOST_TEST(tls->certificates[0].cert.path.ends_with("/c.crt"));
  BOOST_TEST(tls->certificates[0].names.empty());
  BOOST_TEST(tls->certificates[1].names == std::vector<std::string>{"a.example"},
             boost::test_tools::per_element());
  BOOST_TEST(tls->certificates[2].names == (std::vector<std::string>{"b.example", "*.b.example"}),
             boost::test_tools::per_element());
  BOOST_TEST((tls->min_version == Tls::Version::v1_3));
}

BOOST_AUTO_TEST_CASE(client_authority_means_that_certificates_are_required) {
  const std::string start = "tls: { cert: a, key: b, client_ca: ca.pem";

  BOOST_TEST((load(start + " }\nroutes: {}\n").tls->client_auth == ClientAuth::required));
  BOOST_TEST((load(start + ", client_auth: optional }\nroutes: {}\n").tls->client_auth ==
              ClientAuth::optional));
  BOOST_TEST(
      (load(start + ", client_auth: none }\nroutes: {}\n").tls->client_auth == ClientAuth::none));
}

BOOST_AUTO_TEST_CASE(explains_each_mistake_with_its_place) {
  for (const MistakeRow& row : kRows) {
    BOOST_TEST_CONTEXT(row.name) { BOOST_TEST(mistakes(row.yaml) == row.expected); }
  }
}

BOOST_AUTO_TEST_SUITE_END()
