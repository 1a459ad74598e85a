#include "http/beast_errors.hpp"

#include <boost/beast/http/error.hpp>

#include "http/characters.hpp"

namespace plughost::http {
namespace {

using BeastError = boost::beast::http::error;

std::string_view first_line(std::string_view bytes) {
  std::string_view line = bytes.substr(0, bytes.find('\n'));
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

/// The end of a request line if it is well-formed: "2.0" of HTTP/2.0; else empty.
std::string_view version_of(std::string_view line) {
  constexpr std::size_t kSize = std::string_view(" HTTP/2.0").size();
  if (line.size() < kSize) return {};
  const std::string_view version = line.substr(line.size() - kSize);
  const bool well_formed = version.substr(0, 6) == " HTTP/" && is_digit(version[6]) &&
                           version[7] == '.' && is_digit(version[8]);
  return well_formed ? version.substr(6) : std::string_view();
}

Refusal bad_version(std::string_view line) {
  const std::string_view version = version_of(line);
  if (!version.empty() && version.front() != '1') {
    return Refusal{
        505, "This server speaks HTTP/1.1 and HTTP/1.0, not HTTP/" + std::string(version) + "."};
  }
  return Refusal{
      400, "The request line does not end in a space, HTTP/1.1 and CR LF: " + quoted(line) + "."};
}

Refusal bad_line_ending(std::string_view line) {
  return Refusal{400, "A line does not end in CR LF: " + quoted(line) + "."};
}

/// The line that rest starts with, behind the end of a chunk.
std::string_view chunk_line(std::string_view rest) {
  if (rest.substr(0, 2) == "\r\n") rest.remove_prefix(2);
  return first_line(rest);
}

}  // namespace

bool names_later_minor_version(std::string_view request_line) {
  const std::string_view version = version_of(request_line);
  return !version.empty() && version.front() == '1' && version.back() > '1';
}

Refusal folded_line(std::string_view rest) {
  return Refusal{
      400, "A header line is folded or starts with white space: " + quoted(first_line(rest)) + "."};
}

Refusal describe_head(boost::beast::error_code error, std::string_view rest) {
  const std::string_view line = first_line(rest);
  const auto bad_request = [line](std::string_view what) {
    return Refusal{400, std::string(what) + ": " + quoted(line) + "."};
  };
  switch (static_cast<BeastError>(error.value())) {
    case BeastError::bad_method:
      return bad_request("The request line does not start with a method and a space");
    case BeastError::bad_target:
      return bad_request("The request target is missing or holds a control character");
    case BeastError::bad_version:
      return bad_version(line);
    case BeastError::bad_field:
      if (line.empty()) return bad_line_ending(line);
      if (is_whitespace(line.front())) return folded_line(line);
      return bad_request("A header line does not start with a field name and a colon");
    case BeastError::bad_value:
      return bad_request("A header field value is malformed or holds a control character");
    case BeastError::bad_line_ending:
      return bad_line_ending(line);
    case BeastError::bad_content_length:
      return bad_request("Content-Length is no single decimal number, or not alone");
    case BeastError::bad_transfer_encoding:
      return bad_request("Transfer-Encoding is repeated, or beside Content-Length");
    case BeastError::header_limit:
      return folded_line(line);
    default:
      return bad_request("The head is malformed");
  }
}

Refusal describe_body(boost::beast::error_code error, ChunkFraming::Verdict verdict,
                      std::string_view rest) {
  constexpr std::string_view kBadSize =
      "A chunk size is no hexadecimal number of up to 32 digits, or a chunk does not end in CR LF.";
  switch (verdict) {
    case ChunkFraming::Verdict::bad_size:
      return {400, std::string(kBadSize)};
    case ChunkFraming::Verdict::bad_ending:
      return {400, "A line of the chunked body, or a chunk, does not end in CR LF."};
    case ChunkFraming::Verdict::bad_extension:
      return {400, "The line with a chunk size has a malformed extension: " +
                       quoted(chunk_line(rest)) + "."};
    case ChunkFraming::Verdict::folded_trailer:
      return {400, "A trailer line is folded or starts with white space."};
    default:
      break;
  }
  if (error == BeastError::body_limit) {
    return {413, "The body is too large: the sizes of its chunks exceed 64 bits."};
  }
  if (error == BeastError::bad_chunk) return {400, std::string(kBadSize)};
  return {400, "A trailer field is malformed, or not allowed in a trailer."};
}

}  // namespace plughost::http
