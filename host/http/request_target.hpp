#pragma once

#include <optional>

#include "http/message.hpp"
#include "http/refusal.hpp"

namespace plughost::http {

/// Takes message.target apart: fills raw_path, path and query, and host from an absolute form.
///
/// RFC 9112 section 3.2: origin-form, absolute-form (http and https) and, for OPTIONS, "*". CONNECT
/// is not implemented (501). The path must have good escapes, no %00 and no dot segment, be it
/// spelled with escapes (`%2e`) or between escaped slashes (`%2f..`); the query stays as it is.
///
/// Limits: appends at most target.size() bytes to message.bytes, which must have room for them:
///         the views of the message would dangle otherwise.
std::optional<Refusal> apply_target(RequestMessage& message);

}  // namespace plughost::http
