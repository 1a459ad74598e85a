#pragma once

#include <string>
#include <string_view>

namespace plughost::http {

inline constexpr std::string_view kProblemType = "application/problem+json";

/// The body of an error answer (RFC 9457): type, title, status, detail, instance, request_id.
///
/// title is the reason phrase. Empty detail, instance and request_id are left out. instance is the
/// path of the request as sent.
std::string problem_body(unsigned status, std::string_view detail, std::string_view instance,
                         std::string_view request_id);

}  // namespace plughost::http
