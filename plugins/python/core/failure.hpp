#pragma once

#include <plughost/abi/request.h>

#include <string>
#include <string_view>

#include "core/py_ref.hpp"
#include "core/reply.hpp"

namespace plughost::python {

/// Takes the error that is set out of the interpreter, its traceback attached. Empty: there is
/// none. GIL held.
PyRef take_error();

/// The Python error that is set, as `Type: message` on one line; clears it. GIL held.
std::string describe_error();

/// Answers for the Python error that is set, and clears it: HTTPError as its status says, anything
/// else (SystemExit and KeyboardInterrupt too: a handler must not end the host) as 500 with the
/// traceback in reply.log. GIL held.
void answer_exception(std::string_view spec, const ph_req_head& head, Reply& reply);

/// Answers 500 for a result that cannot be sent; reply.log says why. GIL held.
void answer_bad_result(std::string_view spec, const ph_req_head& head, const std::string& why,
                       Reply& reply);

}  // namespace plughost::python
