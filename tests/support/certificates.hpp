#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

namespace plughost::test {

/// A new folder for certificates, keys and other files; removed with everything in it.
class CertificateFolder final {
 public:
  struct Options {
    std::string names = "DNS:localhost";  ///< subjectAltName; empty: none
    long from_days = -1;
    long until_days = 30;
    std::string passphrase = "";  ///< of the key; empty: not encrypted
  };

  CertificateFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "plughost-tls-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~CertificateFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  CertificateFolder(const CertificateFolder&) = delete;
  CertificateFolder& operator=(const CertificateFolder&) = delete;

  std::string path(const std::string& file) const { return (path_ / file).string(); }

  void write(const std::string& file, const std::string& content) const {
    std::ofstream(path_ / file, std::ios::binary) << content;
  }
  std::string read(const std::string& file) const {
    std::ifstream in(path_ / file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  /// Makes stem.crt, signed by itself, and stem.key.
  void make(const std::string& stem) const { make(stem, Options()); }
  void make(const std::string& stem, const Options& options) const {
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    auto* x = certificate.get();
    X509_set_version(x, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), options.from_days * 86400);
    X509_gmtime_adj(X509_getm_notAfter(x), options.until_days * 86400);
    X509_set_pubkey(x, key.get());
    auto* subject = X509_get_subject_name(x);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(stem.c_str()), -1, -1, 0);
    X509_set_issuer_name(x, subject);
    if (!options.names.empty()) {
      auto* names =
          X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, options.names.c_str());
      X509_add_ext(x, names, -1);
      X509_EXTENSION_free(names);
    }
    X509_sign(x, key.get(), EVP_sha256());
    const File certificate_file(std::fopen(path(stem + ".crt").c_str(), "w"), std::fclose);
    PEM_write_X509(certificate_file.get(), x);
    const File key_file(std::fopen(path(stem + ".key").c_str(), "w"), std::fclose);
    const auto& secret = options.passphrase;
    PEM_write_PrivateKey(key_file.get(), key.get(), secret.empty() ? nullptr : EVP_aes_128_cbc(),
                         reinterpret_cast<const unsigned char*>(secret.data()),
                         static_cast<int>(secret.size()), nullptr, nullptr);
  }

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using File = std::unique_ptr<std::FILE, decltype(&std::fclose)>;

  std::filesystem::path path_;
};

}  // namespace plughost::test
