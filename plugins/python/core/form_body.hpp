#pragma once

#include <plughost/abi/request.h>

namespace plughost::python {

/// Whether the Content-Type says that the body is a form: application/x-www-form-urlencoded or
/// multipart/form-data, in any case, with or without parameters.
bool has_form_body(const ph_req_head& head);

}  // namespace plughost::python
