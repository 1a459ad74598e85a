#pragma once

#include <string>
#include <string_view>

#include "core/py_ref.hpp"
#include "core/reply.hpp"

namespace plughost::python {

/// Reads a status a handler gave: an int from 200 to 599, bool excluded. False: why says what it
/// was.
bool read_status(PyObject* value, unsigned& status, std::string& why);

/// Appends the headers a handler gave to reply: None, a mapping of names to a str or a list of str,
/// or a list of (name, value) pairs. Names are tokens (RFC 9110 section 5.6.2); values are Latin-1
/// without CR, LF and NUL. False: why names the header at fault.
bool read_headers(PyObject* headers, Reply& reply, std::string& why);

bool equals_ignoring_case(std::string_view text, std::string_view lower_case);
/// Whether an application's header is about how the connection is used, which is the host's
/// business. All that it heeds is `Connection: close`.
bool is_of_the_connection(std::string_view name, std::string_view value);
bool is_content_type(std::string_view name);
bool has_content_type(const Reply& reply);
void drop_content_type(Reply& reply);

}  // namespace plughost::python
