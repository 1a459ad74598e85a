#include "net/tls_certificates.hpp"

namespace plughost::net {

TlsCertificates::TlsCertificates(const config::Config& config)
    : config_(config), current_(std::make_shared<const TlsContext>(config)) {}

std::shared_ptr<const TlsContext> TlsCertificates::current() const {
  std::lock_guard lock(mutex_);
  return current_;
}

std::vector<Diagnostic> TlsCertificates::reload() {
  std::shared_ptr<const TlsContext> fresh;
  try {
    fresh = std::make_shared<const TlsContext>(config_);
  } catch (const StartError& error) {
    return error.diagnostics();
  }
  std::lock_guard lock(mutex_);
  current_.swap(fresh);
  return {};
}

}  // namespace plughost::net
