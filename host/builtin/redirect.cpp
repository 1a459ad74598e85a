#include "builtin/redirect.hpp"

namespace plughost::builtin {

void Redirect::handle(dispatch::Request& request) noexcept {
  thread_local http::HeaderLines lines;
  lines.clear();
  lines.append("location", target_.to_url(request.match.params, request.message.query));
  responder_.respond(request.token(), {status_, lines, "", {}});
}

}  // namespace plughost::builtin
