#pragma once

#include <plughost/abi/request.h>

#include <string>
#include <string_view>

#include "core/reply.hpp"

namespace plughost::python {

/// Why a request is answered with an error, in words for the client.
struct Problem {
  unsigned status = 500;
  std::string detail;     ///< UTF-8; empty: none
  std::string parameter;  ///< the parameter at fault, if one is
  std::string_view in;    ///< where it was: "path", "query", "body" or "form"; static text
};

inline constexpr std::string_view kHandlerFailed = "the handler failed; the log says why";

/// Makes reply (status, content type, body) a problem answer (RFC 9457). Other headers and the log
/// stay. [any], with or without the GIL.
void write_problem(const Problem& problem, const ph_req_head& head, Reply& reply);

/// Adds the log to a 500 problem, as its member "traceback": for a route with `debug: true`. [any],
/// with or without the GIL.
void show_log(Reply& reply);

}  // namespace plughost::python
