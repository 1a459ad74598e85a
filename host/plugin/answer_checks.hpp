#pragma once

#include <plughost/abi/host.h>
#include <plughost/abi/http.h>

#include <string>

#include "dispatch/outcome.hpp"
#include "http/response_writer.hpp"

/// What the functions of ph_http_api have in common: arguments in, statuses and log lines out.
///
/// An objection is a sentence for the log about an argument; empty: there is none.
namespace plughost::plugin {

ph_status to_status(dispatch::Outcome outcome) noexcept;

/// status for a call of a living request; PH_E_STALE if the token is not one.
ph_status unless_stale(const ph_host* host, ph_req token, ph_status status);

/// Refuses an argument: PH_E_INVALID, and a line in the log that names request and route.
ph_status refuse(const ph_host* host, ph_req token, const char* call, const std::string& objection);

std::string objection_to_status(uint32_t status);

/// Copies and checks header lines.
std::string objection_to_headers(const ph_header* headers, size_t count, http::HeaderLines& lines);
/// The same for trailer fields.
std::string objection_to_trailers(const ph_header* fields, size_t count, http::HeaderLines& lines);

/// A Content-Length that is not the length of the body.
std::string objection_to_length(const http::HeaderLines& lines, uint64_t length);

}  // namespace plughost::plugin
