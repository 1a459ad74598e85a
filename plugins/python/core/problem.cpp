#include "core/problem.hpp"

#include "core/json_text.hpp"
#include "core/views.hpp"

namespace plughost::python {
namespace {

struct Title {
  unsigned status;
  std::string_view text;
};

/// RFC 9110 section 15, and the codes of RFC 6585, 7725, 8470 and 4918 that APIs use.
constexpr Title kTitles[] = {
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {424, "Failed Dependency"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

std::string_view title_of(unsigned status) {
  for (const Title& title : kTitles) {
    if (title.status == status) return title.text;
  }
  return status < 500 ? "Client Error" : "Server Error";
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
  if (text.empty()) return;
  out += ',';
  append_json_string(out, name);
  out += ':';
  append_json_string(out, printable_utf8(text));
}

}  // namespace

void write_problem(const Problem& problem, const ph_req_head& head, Reply& reply) {
  reply.status = problem.status;
  reply.headers.emplace_back("content-type", "application/problem+json");
  reply.body = R"({"type":"about:blank")";
  append_member(reply.body, "title", title_of(problem.status));
  reply.body += ",\"status\":" + std::to_string(problem.status);
  append_member(reply.body, "detail", problem.detail);
  append_member(reply.body, "instance", view(head.raw_path));
  append_member(reply.body, "request_id", view(head.request_id));
  append_member(reply.body, "parameter", problem.parameter);
  append_member(reply.body, "in", problem.in);
  reply.body += '}';
}

void show_log(Reply& reply) {
  if (reply.status != 500 || reply.log.empty() || reply.body.empty()) return;
  reply.body.back() = ',';  // was the closing brace
  append_json_string(reply.body, "traceback");
  reply.body += ':';
  append_json_string(reply.body, reply.log);
  reply.body += '}';
}

}  // namespace plughost::python
