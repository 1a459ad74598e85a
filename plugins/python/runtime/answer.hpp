#pragma once

#include <plughost/abi/abi.h>

#include <cstdint>
#include <string_view>

#include "core/reply.hpp"

namespace plughost::python {

/// Makes the terminal call with reply; logs reply.log. [any], with or without the GIL. A reply that
/// the host refuses (a bad header) is logged and answered with a problem, which names the request
/// by its head.
void answer(const ph_host* host, ph_req token, const ph_req_head& head, const Reply& reply);

/// The same with a body that is somewhere else.
void answer(const ph_host* host, ph_req token, const ph_req_head& head, const Reply& reply,
            std::string_view body);

/// Bytes of a regular file.
struct FilePart {
  int descriptor;
  std::uint64_t offset, length;
};

/// The same with a part of a file as body, which the host sends by itself. The descriptor is
/// copied. False: there is none left for that, and nothing was done.
bool answer_file(const ph_host* host, ph_req token, const ph_req_head& head, const Reply& reply,
                 const FilePart& file);

/// Begins a streamed answer with reply's status and headers. Anything but PH_OK: the terminal call
/// has been made, as answer would.
ph_status start_answer(const ph_host* host, ph_req token, const ph_req_head& head,
                       const Reply& reply);

/// Makes the terminal call with a problem answer (RFC 9457); 503 carries Retry-After: 1.
void answer_problem(const ph_host* host, ph_req token, unsigned status, std::string_view detail,
                    const ph_req_head& head);

}  // namespace plughost::python
