#include "net/tls_certificate.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "base/log.hpp"
#include "net/pem_file.hpp"

namespace plughost::net {
namespace {

using NamesPtr = std::unique_ptr<GENERAL_NAMES, OpensslFree<GENERAL_NAMES_free>>;
using StackPtr = std::unique_ptr<STACK_OF(X509),
                                 OpensslFree<[](STACK_OF(X509) * stack) { sk_X509_free(stack); }>>;

std::string text_of(const ASN1_TIME* time) {
  std::tm parts{};
  char text[32] = "";
  if (ASN1_TIME_to_tm(time, &parts) == 1) {
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts);
  }
  return text;
}

void warn_of_time(const X509& leaf, const config::FileName& cert, const std::string& file) {
  const auto* begin = X509_get0_notBefore(&leaf);
  const auto* end = X509_get0_notAfter(&leaf);
  std::string what;
  if (X509_cmp_current_time(end) < 0) {
    what = "expired at " + text_of(end) + ": clients will refuse it; renew it";
  } else if (X509_cmp_current_time(begin) > 0) {
    what = "is not valid before " + text_of(begin) + ": clients will refuse it; check the clock";
  } else {
    return;
  }
  log::warn(file + ':' + std::to_string(cert.position.line) + ':' +
            std::to_string(cert.position.column) + ": warning: the certificate in '" + cert.path +
            "' " + what);
}

std::vector<std::string> names_in(const X509& leaf) {
  const NamesPtr all(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&leaf, NID_subject_alt_name, nullptr, nullptr)));
  std::vector<std::string> names;
  for (int i = 0; i < sk_GENERAL_NAME_num(all.get()); ++i) {
    const auto* name = sk_GENERAL_NAME_value(all.get(), i);
    if (name->type != GEN_DNS) continue;
    const auto* bytes = ASN1_STRING_get0_data(name->d.dNSName);
    names.emplace_back(reinterpret_cast<const char*>(bytes),
                       static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
  }
  return names;
}

/// The pair that does not fit, and what may be behind it.
std::string mismatch(const std::vector<X509Ptr>& chain, EVP_PKEY& key,
                     const config::Certificate& certificate) {
  const std::string keys = "the private key in '" + certificate.key.path + "' ";
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (X509_check_private_key(chain[i].get(), &key) == 1) {
      return keys + "belongs to certificate " + std::to_string(i + 1) + " in '" +
             certificate.cert.path + "'; the server's own certificate must stand first there";
    }
  }
  return keys + "does not belong to the certificate in '" + certificate.cert.path +
         "'; name the key that the certificate was made for";
}

bool use(SSL_CTX& context, const std::vector<X509Ptr>& chain, EVP_PKEY& key) {
  const StackPtr rest(sk_X509_new_null());
  for (std::size_t i = 1; i < chain.size(); ++i) sk_X509_push(rest.get(), chain[i].get());
  return SSL_CTX_use_cert_and_key(&context, chain.front().get(), &key, rest.get(), 1) == 1;
}

}  // namespace

std::optional<std::vector<std::string>> use_certificate(SSL_CTX& context,
                                                        const config::Certificate& certificate,
                                                        const std::string& file,
                                                        config::Problems& problems) {
  const auto chain = read_certificates(certificate.cert.path);
  const auto key = read_private_key(certificate.key.path);
  if (!chain) problems.add(certificate.cert.position, chain.error());
  if (!key) problems.add(certificate.key.position, key.error());
  if (!chain || !key) return std::nullopt;
  auto& leaf = *chain.value().front();
  if (X509_check_private_key(&leaf, key.value().get()) != 1) {
    problems.add(certificate.key.position, mismatch(chain.value(), *key.value(), certificate));
    ERR_clear_error();
    return std::nullopt;
  }
  if (!use(context, chain.value(), *key.value())) {
    problems.add(certificate.cert.position, "the certificate in '" + certificate.cert.path +
                                                "' cannot be used: " + take_openssl_error() +
                                                "; make a new one");
    return std::nullopt;
  }
  warn_of_time(leaf, certificate.cert, file);
  return names_in(leaf);
}

void use_client_ca(const std::vector<SslCtxPtr>& contexts, const config::FileName& client_ca,
                   config::Problems& problems) {
  const auto authorities = read_certificates(client_ca.path);
  if (!authorities) return problems.add(client_ca.position, authorities.error());
  for (const auto& context : contexts) {
    for (const auto& authority : authorities.value()) {
      if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), authority.get()) == 1 &&
          SSL_CTX_add_client_CA(context.get(), authority.get()) == 1) {
        continue;
      }
      return problems.add(client_ca.position, "a certificate in '" + client_ca.path +
                                                  "' cannot be used: " + take_openssl_error());
    }
  }
}

}  // namespace plughost::net
