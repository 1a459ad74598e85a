#pragma once

#include <span>
#include <string_view>

#include "http/message.hpp"

namespace plughost::http {

/// The best of the offered content codings for this client, by its Accept-Encoding (RFC 9110
/// section 12.5.3): the highest quality wins, and of equal ones the first offered. Empty: send it
/// as it is, because none is acceptable, the client prefers that, or it says nothing.
///
/// `identity;q=0` without another acceptable coding is sent as it is too: better than a 406.
std::string_view choose_coding(const RequestMessage& request,
                               std::span<const std::string_view> offered);

}  // namespace plughost::http
