#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"
#include "net/openssl.hpp"

/// Certificates and keys as they come in files: PEM (RFC 7468).
///
/// Threads: any. Errors: a sentence that names the file and says how to mend it.
/// Limits:  regular files of at most 1 MiB, so that a pipe cannot hold up the process.
namespace plughost::net {

/// Every certificate of the file, in its order; at least one.
Result<std::vector<X509Ptr>> read_certificates(const std::string& path);

/// The file's first private key. One that is encrypted is refused: nobody could be asked for the
/// passphrase.
Result<KeyPtr> read_private_key(const std::string& path);

}  // namespace plughost::net
