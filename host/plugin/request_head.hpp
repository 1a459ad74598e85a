#pragma once

#include <plughost/abi/request.h>

#include "dispatch/request.hpp"

namespace plughost::plugin {

/// A request as the ABI shows it. The head, its headers and its parameters lie in the request's
/// scratch memory and live until the terminal call. request.match.route must be set.
const ph_req_head& make_request_head(dispatch::Request& request);

}  // namespace plughost::plugin
