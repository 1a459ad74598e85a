#pragma once

#include <boost/beast/core/error.hpp>
#include <string_view>

#include "http/chunk_framing.hpp"
#include "http/refusal.hpp"

/// Beast's errors as answers a person can use. rest is what Beast left when it stopped.
namespace plughost::http {

/// rest starts with the bad line.
Refusal describe_head(boost::beast::error_code error, std::string_view rest);

/// rest starts with the end of a chunk, the next one's size or the last one; verdict is of rest.
Refusal describe_body(boost::beast::error_code error, ChunkFraming::Verdict verdict,
                      std::string_view rest);

/// True for a line that asks for HTTP/1.2 to 1.9, which RFC 9110 section 2.5 has us serve as 1.1.
bool names_later_minor_version(std::string_view request_line);

/// Line folding, which RFC 9112 section 5.2 lets a server refuse. rest starts with the line.
Refusal folded_line(std::string_view rest);

}  // namespace plughost::http
