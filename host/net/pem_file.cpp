#include "net/pem_file.hpp"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "net/uninterrupted.hpp"

namespace plughost::net {
namespace {

using Text = Result<std::string>;
using Certificates = Result<std::vector<X509Ptr>>;
using Key = Result<KeyPtr>;

constexpr std::size_t kLargest = 1024 * 1024;

std::string quote(const std::string& path) { return '\'' + path + '\''; }

Text cannot_read(const std::string& path, const std::string& why) {
  return Text::failure("cannot read " + quote(path) + ": " + why + "; name a PEM file");
}

Text read_open_file(int fd, const std::string& path) {
  struct stat about {};
  if (::fstat(fd, &about) != 0) return cannot_read(path, std::strerror(errno));
  if (S_ISDIR(about.st_mode)) return cannot_read(path, "it is a directory");
  if (!S_ISREG(about.st_mode)) return cannot_read(path, "it is no regular file");
  std::string text(kLargest + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const auto got =
        uninterrupted([&] { return ::read(fd, text.data() + size, text.size() - size); });
    if (got < 0) return cannot_read(path, std::strerror(errno));
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > kLargest) return cannot_read(path, "it is larger than 1MiB");
  text.resize(size);
  return text;
}

Text read_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return cannot_read(path, std::strerror(errno));
  auto text = read_open_file(fd, path);
  ::close(fd);
  return text;
}

BioPtr open_text(const std::string& text) {
  ERR_clear_error();
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

bool at_end() {
  const auto error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

bool holds(const std::string& text, const char* words) {
  return text.find(words) != std::string::npos;
}

bool is_der(const std::string& text) { return text.starts_with('\x30'); }

std::string no_certificate(const std::string& path, const std::string& text) {
  if (holds(text, "PRIVATE KEY-----")) {
    return quote(path) + " holds a private key and no certificate; are the two files swapped?";
  }
  if (is_der(text)) {
    return quote(path) + " is not PEM; convert it: openssl x509 -inform der -in FILE -out FILE.pem";
  }
  return quote(path) + " holds no certificate; a PEM file has '-----BEGIN CERTIFICATE-----'";
}

std::string no_key(const std::string& path, const std::string& text) {
  if (holds(text, "PRIVATE KEY-----")) {
    return "the private key in " + quote(path) + " is damaged, or of a kind that OpenSSL lacks";
  }
  if (holds(text, "BEGIN CERTIFICATE-----")) {
    return quote(path) + " holds a certificate and no private key; are the two files swapped?";
  }
  if (is_der(text)) {
    return quote(path) + " is not PEM; convert it: openssl pkey -inform der -in FILE -out FILE.pem";
  }
  return quote(path) + " holds no private key; a PEM file has '-----BEGIN PRIVATE KEY-----'";
}

int note_that_it_is_encrypted(char*, int, int, void* encrypted) {
  *static_cast<bool*>(encrypted) = true;
  return -1;
}

}  // namespace

Certificates read_certificates(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return Certificates::failure(text.error());
  const auto bio = open_text(text.value());
  std::vector<X509Ptr> found;
  while (auto* next = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    found.emplace_back(next);
  }
  if (!at_end()) {
    return Certificates::failure("certificate " + std::to_string(found.size() + 1) + " in " +
                                 quote(path) + " is damaged: " + take_openssl_error());
  }
  ERR_clear_error();
  if (found.empty()) return Certificates::failure(no_certificate(path, text.value()));
  return found;
}

Key read_private_key(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return Key::failure(text.error());
  const auto bio = open_text(text.value());
  bool encrypted = false;
  KeyPtr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, note_that_it_is_encrypted, &encrypted));
  if (encrypted) {
    ERR_clear_error();
    return Key::failure("the private key in " + quote(path) +
                        " is encrypted, and nobody can be asked for its passphrase; decrypt it: "
                        "openssl pkey -in FILE -out FILE.plain");
  }
  if (key == nullptr) {
    const auto mistake = no_key(path, text.value());
    ERR_clear_error();
    return Key::failure(mistake);
  }
  return key;
}

}  // namespace plughost::net
