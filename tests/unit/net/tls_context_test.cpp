#include "net/tls_context.hpp"

#include <sys/socket.h>

#include <array>
#include <boost/test/unit_test.hpp>

#include "net/tls_socket.hpp"
#include "support/certificates.hpp"
#include "support/tls_client.hpp"

using namespace plughost;
using test::CertificateFolder;

namespace {

struct Fixture {
  Fixture() {
    config.file = "routes.yaml";
    config.tls.emplace();
  }

  /// Its certificate's name stands in column 1 of line, its key's in column 2.
  void add(const std::string& cert, const std::string& key, std::vector<std::string> names = {}) {
    const int line = static_cast<int>(config.tls->certificates.size()) + 1;
    config.tls->certificates.push_back({{folder.path(cert), {line, 1}},
                                        {folder.path(key), {line, 2}},
                                        std::move(names),
                                        {line, 0}});
  }

  /// What is wrong with the files, a line each, with the folder's name as FOLDER.
  std::string mistakes() const {
    std::string lines;
    try {
      net::TlsContext context(config);
    } catch (const StartError& error) {
      BOOST_TEST((error.exit_code() == ExitCode::refused));
      lines = error.lines();
    }
    const auto name = folder.path("").substr(0, folder.path("").size() - 1);
    for (std::size_t at; (at = lines.find(name)) != std::string::npos;) {
      lines.replace(at, name.size(), "FOLDER");
    }
    return lines;
  }

  /// The common name of the certificate that a client gets.
  std::string certificate_for(const std::string& name) const {
    std::array<int, 2> ends{};
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    test::TlsClient client(ends[1], name);
    net::TlsSocket server(ends[0], std::make_shared<const net::TlsContext>(config));
    char buffer[1];
    for (int turn = 0; turn < 10 && !client.shake_hands(); ++turn) {
      server.receive(buffer, sizeof buffer);
    }
    ::close(ends[0]);
    return client.server_name();
  }

  CertificateFolder folder;
  config::Config config;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(net_tls_context, Fixture)

BOOST_AUTO_TEST_CASE(takes_a_certificate_with_its_key) {
  folder.make("a");
  add("a.crt", "a.key");

  BOOST_TEST(mistakes() == "");
}

BOOST_AUTO_TEST_CASE(takes_both_from_one_file) {
  folder.make("a");
  folder.write("both.pem", folder.read("a.key") + folder.read("a.crt"));
  add("both.pem", "both.pem");

  BOOST_TEST(mistakes() == "");
}

BOOST_AUTO_TEST_CASE(explains_a_wrong_certificate_file) {
  folder.make("a");
  folder.write("empty.crt", "");
  folder.write("damaged.crt", folder.read("a.crt").insert(70, "!!"));
  folder.write("der.crt", "\x30\x82 and so on");
  folder.write("text.crt", "hello");
  folder.write("large.crt", std::string(2'000'000, 'x'));
  std::filesystem::create_directory(folder.path("folder.crt"));
  const struct {
    const char* file;
    const char* says;
  } rows[] = {
      {"missing.crt",
       "cannot read 'FOLDER/missing.crt': No such file or directory; name a PEM file"},
      {"folder.crt", "cannot read 'FOLDER/folder.crt': it is a directory; name a PEM file"},
      {"large.crt", "cannot read 'FOLDER/large.crt': it is larger than 1MiB; name a PEM file"},
      {"empty.crt",
       "'FOLDER/empty.crt' holds no certificate; a PEM file has '-----BEGIN CERTIFICATE-----'"},
      {"text.crt",
       "'FOLDER/text.crt' holds no certificate; a PEM file has '-----BEGIN CERTIFICATE-----'"},
      {"damaged.crt", "certificate 1 in 'FOLDER/damaged.crt' is damaged: bad base64 decode"},
      {"der.crt",
       "'FOLDER/der.crt' is not PEM; convert it: openssl x509 -inform der -in FILE -out FILE.pem"},
      {"a.key",
       "'FOLDER/a.key' holds a private key and no certificate; are the two files swapped?"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.file) {
      config.tls->certificates.clear();
      add(row.file, "a.key");
      BOOST_TEST(mistakes() == "routes.yaml:1:1: error: " + std::string(row.says) + "\n");
    }
  }
}

BOOST_AUTO_TEST_CASE(explains_a_wrong_key_file) {
  folder.make("a");
  folder.make("b");
  folder.make("secret", {.passphrase = "abcdefgh"});
  folder.write("a-damaged.key", folder.read("a.key").insert(60, "!!"));
  folder.write("text.key", "hello");
  const struct {
    const char* file;
    const char* says;
  } rows[] = {
      {"missing.key",
       "cannot read 'FOLDER/missing.key': No such file or directory; name a PEM file"},
      {"text.key",
       "'FOLDER/text.key' holds no private key; a PEM file has '-----BEGIN PRIVATE KEY-----'"},
      {"a.crt",
       "'FOLDER/a.crt' holds a certificate and no private key; are the two files swapped?"},
      {"a-damaged.key",
       "the private key in 'FOLDER/a-damaged.key' is damaged, or of a kind that OpenSSL lacks"},
      {"secret.key",
       "the private key in 'FOLDER/secret.key' is encrypted, and nobody can be asked for its "
       "passphrase; decrypt it: openssl pkey -in FILE -out FILE.plain"},
      {"b.key",
       "the private key in 'FOLDER/b.key' does not belong to the certificate in 'FOLDER/a.crt'; "
       "name the key that the certificate was made for"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.file) {
      config.tls->certificates.clear();
      add("a.crt", row.file);
      BOOST_TEST(mistakes() == "routes.yaml:1:2: error: " + std::string(row.says) + "\n");
    }
  }
}

BOOST_AUTO_TEST_CASE(tells_that_a_chain_is_in_the_wrong_order) {
  folder.make("authority");
  folder.make("a");
  folder.write("chain.crt", folder.read("authority.crt") + folder.read("a.crt"));
  add("chain.crt", "a.key");

  BOOST_TEST(mistakes() ==
             "routes.yaml:1:2: error: the private key in 'FOLDER/a.key' belongs to certificate 2 "
             "in 'FOLDER/chain.crt'; the server's own certificate must stand first there\n");
}

BOOST_AUTO_TEST_CASE(reports_all_mistakes_at_once) {
  folder.make("a");
  folder.make("nameless", {.names = ""});
  add("no.crt", "no.key");
  add("a.crt", "a.key", {"x.example"});
  add("a.crt", "a.key", {"x.example"});
  add("nameless.crt", "nameless.key");
  config.tls->client_ca = {folder.path("a.key"), {9, 1}};

  BOOST_TEST(mistakes() ==
             "routes.yaml:1:1: error: cannot read 'FOLDER/no.crt': No such file or directory; name "
             "a PEM file\n"
             "routes.yaml:1:2: error: cannot read 'FOLDER/no.key': No such file or directory; name "
             "a PEM file\n"
             "routes.yaml:3:0: error: 'x.example' has the certificate in line 2 already; remove "
             "one of the two\n"
             "routes.yaml:4:0: error: the certificate in 'FOLDER/nameless.crt' holds no host name, "
             "so that no client could ask for it; give it 'names'\n"
             "routes.yaml:9:1: error: 'FOLDER/a.key' holds a private key and no certificate; are "
             "the two files swapped?\n");
}

BOOST_AUTO_TEST_CASE(takes_what_time_has_made_useless) {
  folder.make("old", {.from_days = -20, .until_days = -10});
  folder.make("young", {.names = "DNS:young.example", .from_days = 10, .until_days = 20});
  add("old.crt", "old.key");
  add("young.crt", "young.key");

  BOOST_TEST(mistakes() == "");
}

BOOST_AUTO_TEST_CASE(gives_each_name_its_certificate) {
  folder.make("first");
  folder.make("wild", {.names = "DNS:*.example.com"});
  folder.make("exact", {.names = "DNS:www.example.com,DNS:example.com,IP:127.0.0.1"});
  folder.make("given", {.names = "DNS:ignored.example"});
  add("first.crt", "first.key");
  add("wild.crt", "wild.key");
  add("exact.crt", "exact.key");
  add("given.crt", "given.key", {"other.example", "*.other.example"});
  const struct {
    const char* asked;
    const char* got;
  } rows[] = {
      {"", "first"},
      {"localhost", "first"},
      {"unknown.example", "first"},
      {"ignored.example", "first"},
      {"a.example.com", "wild"},
      {"WWW.Example.com", "exact"},
      {"example.com", "exact"},
      {"other.example", "given"},
      {"x.other.example", "given"},
  };
  for (const auto& row : rows) {
    BOOST_TEST_CONTEXT(row.asked) { BOOST_TEST(certificate_for(row.asked) == row.got); }
  }
}

BOOST_AUTO_TEST_CASE(written_name_beats_one_in_a_certificate) {
  folder.make("first", {.names = "DNS:a.example"});
  folder.make("second");
  add("first.crt", "first.key");
  add("second.crt", "second.key", {"a.example"});

  BOOST_TEST(certificate_for("a.example") == "second");
}

BOOST_AUTO_TEST_SUITE_END()
