#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/problems.hpp"
#include "net/openssl.hpp"

/// Puts what routes.yaml names into a context.
///
/// Threads: any. Errors: add to problems, with the place of the file's name. A certificate that
/// time has made useless is no mistake: it is logged as a warning.
namespace plughost::net {

/// Certificate, intermediate certificates and key. Returns the host names in the certificate;
/// nothing after a problem was added.
std::optional<std::vector<std::string>> use_certificate(SSL_CTX& context,
                                                        const config::Certificate& certificate,
                                                        const std::string& file,
                                                        config::Problems& problems);

/// The authorities whose certificates clients may come with.
void use_client_ca(const std::vector<SslCtxPtr>& contexts, const config::FileName& client_ca,
                   config::Problems& problems);

}  // namespace plughost::net
