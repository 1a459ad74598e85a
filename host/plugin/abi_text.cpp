#include "plugin/abi_text.hpp"

#include <algorithm>
#include <cstring>

namespace plughost::plugin {

std::string status_name(ph_status status) {
  switch (status) {
    case PH_OK:
      return "PH_OK";
    case PH_PENDING:
      return "PH_PENDING";
    case PH_BACKPRESSURE:
      return "PH_BACKPRESSURE";
    case PH_END:
      return "PH_END";
    case PH_E_INVALID:
      return "PH_E_INVALID";
    case PH_E_UNSUPPORTED:
      return "PH_E_UNSUPPORTED";
    case PH_E_NOMEM:
      return "PH_E_NOMEM";
    case PH_E_BUSY:
      return "PH_E_BUSY";
    case PH_E_CANCELLED:
      return "PH_E_CANCELLED";
    case PH_E_STALE:
      return "PH_E_STALE";
    case PH_E_STATE:
      return "PH_E_STATE";
    case PH_E_THREAD:
      return "PH_E_THREAD";
    case PH_E_CONFIG:
      return "PH_E_CONFIG";
    case PH_E_NEEDS_REPLACE:
      return "PH_E_NEEDS_REPLACE";
    case PH_E_UNAVAILABLE:
      return "PH_E_UNAVAILABLE";
    case PH_E_INTERNAL:
      return "PH_E_INTERNAL";
    default:
      return "unknown status " + std::to_string(status);
  }
}

std::string one_line(std::string_view text) {
  std::string line(text);
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  std::replace_if(line.begin(), line.end(), is_control, ' ');
  return line;
}

std::string indented_lines(std::string_view text) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  std::string lines;
  for (std::size_t start = 0; start <= text.size();) {
    const auto end = std::min(text.find('\n', start), text.size());
    if (start > 0) lines += "\n    ";
    lines += one_line(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

std::string explain(ph_status status, const ph_error& error) {
  const std::string_view sentence(error.msg, strnlen(error.msg, sizeof error.msg));
  return sentence.empty() ? status_name(status) : one_line(sentence);
}

ph_error empty_error() {
  ph_error error;
  error.size = sizeof error;
  error.code = PH_OK;
  error.http_status = error.reserved = 0;
  error.key[0] = error.msg[0] = '\0';
  return error;
}

}  // namespace plughost::plugin
