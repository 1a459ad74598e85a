#include "http/problem.hpp"

#include "base/json.hpp"
#include "http/response_writer.hpp"

namespace plughost::http {
namespace {

void append_member(std::string& out, std::string_view name, std::string_view value) {
  if (value.empty()) return;
  out += ",\"";
  out += name;
  out += "\":";
  json::append_string(out, value);
}

}  // namespace

std::string problem_body(unsigned status, std::string_view detail, std::string_view instance,
                         std::string_view request_id) {
  std::string out = R"({"type":"about:blank")";
  append_member(out, "title", reason_phrase(status));
  out += ",\"status\":" + std::to_string(status);
  append_member(out, "detail", detail);
  append_member(out, "instance", instance);
  append_member(out, "request_id", request_id);
  out += '}';
  return out;
}

}  // namespace plughost::http
