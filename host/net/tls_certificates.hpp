#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "base/error.hpp"
#include "config/config.hpp"
#include "net/tls_context.hpp"

namespace plughost::net {

/// The certificates that new connections get; read again without a restart.
///
/// Owner:   App; outlives Server and is outlived by Config.
/// Threads: current() on [any], once a connection; reload() on [main].
/// Errors:  the constructor throws StartError.
class TlsCertificates final {
 public:
  /// config has `tls`.
  explicit TlsCertificates(const config::Config& config);

  std::shared_ptr<const TlsContext> current() const;

  /// Reads the files again. What is wrong with them, and then the old ones stay in use.
  std::vector<Diagnostic> reload();

 private:
  const config::Config& config_;
  mutable std::mutex mutex_;
  std::shared_ptr<const TlsContext> current_;  // guarded by mutex_
};

}  // namespace plughost::net
