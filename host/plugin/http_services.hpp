#pragma once

#include <plughost/abi/http.h>

namespace plughost::plugin {

/// The functions by which every plugin answers requests; see plughost/abi/http.h.
const ph_http_api& http_services();

}  // namespace plughost::plugin
