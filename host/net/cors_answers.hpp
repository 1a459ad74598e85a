#pragma once

#include "dispatch/request.hpp"

/// What Connection does for routes with a CORS policy.
namespace plughost::net {

/// Turns the match of an OPTIONS request that is a preflight for a route with a policy into
/// MatchKind::preflight. A route that names OPTIONS answers by itself; one that takes ANY does not.
void match_preflight(dispatch::Request& request);

/// The answer to such a request.
void fill_preflight_answer(dispatch::Request& request);

/// Adds the policy's fields to an answer, the host's own for that route included.
inline bool has_cors(const dispatch::Request& request) {
  return request.match.kind == routing::MatchKind::found && request.match.route->cors != nullptr;
}
void append_cors(dispatch::Request& request);

}  // namespace plughost::net
