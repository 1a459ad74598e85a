#include "net/tls_context.hpp"

#include <new>
#include <optional>
#include <string>
#include <vector>

#include "net/openssl.hpp"
#include "net/server_names.hpp"
#include "net/tls_certificate.hpp"
#include "net/tls_policy.hpp"

namespace plughost::net {
namespace {

using Names = std::vector<std::string>;

void add_written_names(const config::Tls& tls, ServerNames& names, config::Problems& problems) {
  for (std::size_t i = 0; i < tls.certificates.size(); ++i) {
    const auto& certificate = tls.certificates[i];
    for (const auto& name : certificate.names) {
      if (names.add(name, i)) continue;
      const auto other = tls.certificates[*names.find(name)].position.line;
      problems.add(certificate.position, "'" + name + "' has the certificate in line " +
                                             std::to_string(other) +
                                             " already; remove one of the two");
    }
  }
}

/// The names in the certificates that were given none; the first one to hold a name wins.
void add_own_names(const config::Tls& tls, const std::vector<std::optional<Names>>& own,
                   ServerNames& names, config::Problems& problems) {
  for (std::size_t i = 0; i < own.size(); ++i) {
    const auto& certificate = tls.certificates[i];
    if (!own[i] || !certificate.names.empty()) continue;
    for (const auto& name : *own[i]) names.add(name, i);
    if (i == 0 || !own[i]->empty()) continue;
    problems.add(certificate.position,
                 "the certificate in '" + certificate.cert.path +
                     "' holds no host name, so that no client could ask for it; give it 'names'");
  }
}

}  // namespace

struct TlsContext::Impl {
  static int choose_certificate(SSL* ssl, int*, void* self) {
    const char* asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (asked == nullptr) return SSL_TLSEXT_ERR_NOACK;
    const auto& impl = *static_cast<const Impl*>(self);
    const auto found = impl.names.find(asked);
    if (!found) return SSL_TLSEXT_ERR_NOACK;
    SSL_set_SSL_CTX(ssl, impl.contexts[*found].get());
    return SSL_TLSEXT_ERR_OK;
  }

  std::vector<SslCtxPtr> contexts;  // one for each of config::Tls::certificates
  ServerNames names;
};

TlsContext::TlsContext(const config::Config& config) : impl_(std::make_unique<Impl>()) {
  const auto& tls = *config.tls;
  config::Problems problems(config.file);
  std::vector<std::optional<Names>> own;
  for (const auto& certificate : tls.certificates) {
    auto& context = *impl_->contexts.emplace_back(make_ssl_ctx(tls));
    own.push_back(use_certificate(context, certificate, config.file, problems));
  }
  if (tls.client_ca) use_client_ca(impl_->contexts, *tls.client_ca, problems);
  add_written_names(tls, impl_->names, problems);
  add_own_names(tls, own, impl_->names, problems);
  problems.throw_if_any();
  auto* first = impl_->contexts.front().get();
  SSL_CTX_set_tlsext_servername_callback(first, Impl::choose_certificate);
  SSL_CTX_set_tlsext_servername_arg(first, impl_.get());
}

TlsContext::~TlsContext() = default;

ssl_st* TlsContext::open() const {
  auto* ssl = SSL_new(impl_->contexts.front().get());
  if (ssl == nullptr) throw std::bad_alloc();
  SSL_set_accept_state(ssl);
  return ssl;
}

}  // namespace plughost::net
