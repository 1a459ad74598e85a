#include "http/request_target.hpp"

#include <cassert>
#include <cstddef>

#include "http/authority.hpp"
#include "http/characters.hpp"

namespace plughost::http {
namespace {

Refusal bad_request(std::string_view what, std::string_view where) {
  return Refusal{400, std::string(what) + ": " + quoted(where) + "."};
}

/// True if a segment of the decoded path is "." or "..".
bool has_dot_segment(std::string_view path) {
  std::size_t slash = path.find("/.");
  while (slash != std::string_view::npos) {
    std::size_t end = slash + 2;
    if (end < path.size() && path[end] == '.') ++end;
    if (end == path.size() || path[end] == '/') return true;
    slash = path.find("/.", end);
  }
  return false;
}

/// Appends the decoded path to message.bytes and points message.path at it.
std::optional<Refusal> decode_path(RequestMessage& message) {
  const std::string_view raw = message.raw_path;
  const std::size_t begin = message.bytes.size();
  assert(message.bytes.capacity() - begin >= raw.size());
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '%') {
      message.bytes += raw[i];
      continue;
    }
    const int high = i + 2 < raw.size() ? hex_value(raw[i + 1]) : -1;
    const int low = i + 2 < raw.size() ? hex_value(raw[i + 2]) : -1;
    if (high < 0 || low < 0) {
      return bad_request("The path has a '%' without two hexadecimal digits", raw.substr(i, 3));
    }
    if (high == 0 && low == 0) return bad_request("The path holds an escaped NUL", raw);
    message.bytes += static_cast<char>(high * 16 + low);
    i += 2;
  }
  message.path = std::string_view(message.bytes).substr(begin);
  return std::nullopt;
}

/// path_and_query starts with '/'.
std::optional<Refusal> apply_path(RequestMessage& message, std::string_view path_and_query) {
  const std::size_t question = path_and_query.find('?');
  message.raw_path = path_and_query.substr(0, question);
  message.path = message.raw_path;
  if (question != std::string_view::npos) message.query = path_and_query.substr(question + 1);
  if (message.raw_path.find('%') != std::string_view::npos) {
    if (auto refusal = decode_path(message)) return refusal;
  }
  if (has_dot_segment(message.path)) {
    return bad_request("The path has a segment that is '.' or '..'", message.raw_path);
  }
  return std::nullopt;
}

/// The length of "http://" or "https://" in front of the target; 0 if there is neither.
std::size_t scheme_length(std::string_view target) {
  if (equals_ignoring_case(target.substr(0, 7), "http://")) return 7;
  if (equals_ignoring_case(target.substr(0, 8), "https://")) return 8;
  return 0;
}

void apply_asterisk(RequestMessage& message) { message.raw_path = message.path = "*"; }

/// rest is what follows "http://".
std::optional<Refusal> apply_absolute_form(RequestMessage& message, std::string_view rest) {
  const std::size_t end = rest.find_first_of("/?");
  message.host = rest.substr(0, end);
  if (!is_host_and_port(message.host)) {
    return bad_request("The request target names no valid host", message.target);
  }
  if (end != std::string_view::npos && rest[end] == '/') {
    return apply_path(message, rest.substr(end));
  }
  if (end == std::string_view::npos && message.method == "OPTIONS") {
    apply_asterisk(message);  // RFC 9112 section 3.2.4
    return std::nullopt;
  }
  if (auto refusal = apply_path(message, "/")) return refusal;
  if (end != std::string_view::npos) message.query = rest.substr(end + 1);
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> apply_target(RequestMessage& message) {
  const std::string_view target = message.target;
  if (message.method == "CONNECT") {
    return Refusal{501, "This server is no proxy: the method CONNECT is not implemented."};
  }
  if (target.find('#') != std::string_view::npos) {
    return bad_request("The request target has a fragment", target);
  }
  if (target.front() == '/') return apply_path(message, target);
  if (target == "*" && message.method == "OPTIONS") {
    apply_asterisk(message);
    return std::nullopt;
  }
  if (const std::size_t scheme = scheme_length(target); scheme > 0) {
    return apply_absolute_form(message, target.substr(scheme));
  }
  return bad_request("The request target is neither a path nor an http or https URL", target);
}

}  // namespace plughost::http
