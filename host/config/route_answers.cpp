#include "config/route_answers.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "config/keys.hpp"
#include "config/quote.hpp"
#include "config/units.hpp"

namespace plughost::config {
namespace {

constexpr unsigned kLeastStatus = 200;  // 1xx are no answers
constexpr unsigned kMostStatus = 599;
constexpr std::string_view kText = "text/plain; charset=utf-8";

bool has_no_body(unsigned status) { return status == 204 || status == 304; }

bool is_number(const Node& node) {
  return node.plain && !node.text.empty() &&
         node.text.find_first_not_of("0123456789") == std::string::npos;
}

void read_header(const Entry& entry, const HeaderCheck& check, FixedAnswer& answer,
                 Problems& problems) {
  const auto add = [&](const Node& value) {
    const std::string* text = scalar_text(value, "the value of a header", problems);
    if (text == nullptr) return;
    const std::string mistake = check ? check(entry.key.text, *text) : "";
    if (!mistake.empty()) return problems.add(entry.key.position, mistake);
    answer.headers.emplace_back(entry.key.text, *text);
  };
  if (entry.value.kind != NodeKind::list) return add(entry.value);
  for (const Node& value : entry.value.items) add(value);
}

void read_headers(const Node& node, const HeaderCheck& check, FixedAnswer& answer,
                  Problems& problems) {
  if (node.refused || node.is_null()) return;
  if (node.kind != NodeKind::mapping) {
    return problems.add(node.position,
                        "expected a mapping of headers like 'cache-control: "
                        "max-age=60'");
  }
  for (const Entry& entry : node.entries) read_header(entry, check, answer, problems);
}

bool is_content_type(std::string_view name) {
  constexpr std::string_view kName = "content-type";
  return std::equal(name.begin(), name.end(), kName.begin(), kName.end(),
                    [](char a, char b) { return (a | 0x20) == b || a == b; });
}

/// The type as a header line, unless the answer has one already.
void add_type(const Node* written, std::string type, const HeaderCheck& check, FixedAnswer& answer,
              Problems& problems) {
  const bool has_type = std::any_of(answer.headers.begin(), answer.headers.end(),
                                    [](const auto& line) { return is_content_type(line.first); });
  if (written == nullptr) {
    if (!has_type && !answer.body.empty()) answer.headers.emplace_back("content-type", kText);
    return;
  }
  if (has_type) {
    return problems.add(written->position,
                        "the content type is there twice, in 'type' and in 'headers'; remove one");
  }
  const std::string mistake = check && !type.empty() ? check("content-type", type) : "";
  if (!mistake.empty()) return problems.add(written->position, mistake);
  if (!type.empty()) answer.headers.emplace_back("content-type", std::move(type));
}

void read_body(const Node& node, std::string& body, Problems& problems) {
  if (node.refused) return;
  if (node.kind != NodeKind::scalar) {
    return problems.add(node.position, "expected a text as the body; quote it if it is JSON");
  }
  if (!node.is_null()) body = node.text;
}

void read_answer(const Node& node, const HeaderCheck& check, FixedAnswer& answer,
                 Problems& problems) {
  std::string type;
  const Reader read_type = [&](const Node& value) {
    const std::string* text = scalar_text(value, "a content type like text/plain", problems);
    if (text != nullptr) type = *text;
  };
  read_mapping(
      node, " in 'respond'",
      {{"status", count_into(answer.status, kLeastStatus, kMostStatus, problems)},
       {"body", [&](const Node& value) { read_body(value, answer.body, problems); }},
       {"type", read_type},
       {"headers", [&](const Node& value) { read_headers(value, check, answer, problems); }}},
      {}, problems);
  if (has_no_body(answer.status) && !answer.body.empty()) {
    problems.add(
        find(node, "body")->position,
        "an answer with the status " + std::to_string(answer.status) + " has no body; remove it");
  }
  add_type(find(node, "type"), std::move(type), check, answer, problems);
}

}  // namespace

void read_respond(const Node& node, const HeaderCheck& check, Route& route, Problems& problems) {
  FixedAnswer answer;
  if (node.kind == NodeKind::mapping && !node.refused) {
    read_answer(node, check, answer, problems);
  } else if (is_number(node)) {
    count_into(answer.status, kLeastStatus, kMostStatus, problems)(node);
  } else if (const std::string* text =
                 scalar_text(node, "a status like 204, a text or a mapping", problems)) {
    answer.body = *text;
    answer.headers.emplace_back("content-type", kText);
  }
  route.respond = std::move(answer);
}

void read_redirect(const Node& node, const RedirectCheck& check, Route& route, Problems& problems) {
  route.redirect.emplace();
  const std::string* text = scalar_text(node, "a path like '/new' or a URL", problems);
  if (text == nullptr) return;
  route.redirect->target = *text;
  const std::string mistake = check ? check(*text, route.pattern) : "";
  if (!mistake.empty()) problems.add(node.position, mistake);
}

void read_redirect_status(const Node& node, Redirect& redirect, Problems& problems) {
  const std::string* text = scalar_text(node, "a status like 308", problems);
  if (text == nullptr) return;
  for (const unsigned status : {301u, 302u, 303u, 307u, 308u}) {
    if (*text == std::to_string(status)) {
      redirect.status = status;
      return;
    }
  }
  problems.add(node.position, quote(*text) +
                                  " is not the status of a redirect; write 308 or 301 (for good), "
                                  "307, 302 or 303 (for now)");
}

}  // namespace plughost::config
