#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "config/keys.hpp"
#include "config/methods.hpp"
#include "config/quote.hpp"
#include "config/sections.hpp"
#include "config/suggestions.hpp"

namespace plughost::config {
namespace {

/// Calls read(text, node) for a text or for each text of a list.
template <typename Read>
void read_texts(const Node& node, const std::string& what, Problems& problems, Read read) {
  const auto read_one = [&](const Node& item) {
    if (const std::string* text = scalar_text(item, what, problems)) read(*text, item);
  };
  if (node.kind != NodeKind::list || node.refused) return read_one(node);
  if (node.items.empty()) problems.add(node.position, "the list is empty; write " + what);
  for (const Node& item : node.items) read_one(item);
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

bool is_port(std::string_view text) {
  return text.empty() || (text.front() == ':' && text.size() > 1 && text.size() < 7 &&
                          text.find_first_not_of("0123456789", 1) == std::string_view::npos);
}

/// Empty if browsers send such an origin, else what is wrong with it. text is lower case.
std::string origin_mistake(std::string_view text) {
  const std::string subject = quote(text) + " is not an origin";
  if (text == "null") return subject + " to trust: every sandboxed page has it; remove it";
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) {
    return subject + "; write it like https://app.example, with its scheme";
  }
  std::string_view host = text.substr(scheme + 3);
  if (host.find('/') != std::string_view::npos) {
    return subject + "; it ends before the '/', like " +
           std::string(text.substr(0, text.find('/', scheme + 3)));
  }
  if (host.starts_with("*.")) host.remove_prefix(2);
  const std::size_t end = host.starts_with('[') ? std::min(host.find(']'), host.size() - 1) + 1
                                                : std::min(host.find(':'), host.size());
  const std::string_view name = host.substr(0, end);
  const bool is_host = name.starts_with('[') ? name.ends_with(']') : is_name(name);
  if (is_host && is_name(text.substr(0, scheme)) && is_port(host.substr(end))) return "";
  return subject + "; write scheme and host, like https://app.example, or https://*.app.example";
}

/// As browsers write it: lower case, without the port that its scheme implies.
std::string normalized(std::string origin) {
  std::transform(origin.begin(), origin.end(), origin.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  for (const auto& [scheme, port] : {std::pair("https://", ":443"), std::pair("http://", ":80")}) {
    if (origin.starts_with(scheme) && origin.ends_with(port)) {
      origin.resize(origin.size() - std::string_view(port).size());
    }
  }
  return origin;
}

void read_origins(const Node& node, Cors& cors, Problems& problems) {
  read_texts(node, "an origin like https://app.example", problems,
             [&](const std::string& text, const Node& item) {
               const std::string origin = normalized(text);
               if (origin == "*") {
                 cors.any_origin = true;
                 return;
               }
               const std::string mistake = origin_mistake(origin);
               if (!mistake.empty()) return problems.add(item.position, mistake);
               cors.origins.push_back(origin);
             });
  if (cors.any_origin && !cors.origins.empty()) {
    problems.add(node.position, "'*' stands for every origin; write it alone");
  }
}

void read_methods(const Node& node, Cors& cors, Problems& problems) {
  read_texts(node, "a method like GET", problems, [&](const std::string& text, const Node& item) {
    const auto known = registered_methods();
    if (!std::binary_search(known.begin(), known.end(), text)) {
      return problems.add(item.position, quote(text) + " is not a registered HTTP method" +
                                             did_you_mean(text, known));
    }
    cors.methods += (cors.methods.empty() ? "" : ", ") + text;
  });
}

/// Names of headers as one line; a '*' alone stays.
std::string read_names(const Node& node, Problems& problems) {
  std::string names;
  read_texts(node, "the name of a header like x-total", problems,
             [&](const std::string& text, const Node& item) {
               std::string lower = normalized(text);
               if (text != "*" && !is_name(lower)) {
                 return problems.add(item.position, quote(text) + " is not the name of a header");
               }
               names += (names.empty() ? "" : ", ") + lower;
             });
  return names;
}

void read_options(const Node& node, Cors& cors, Problems& problems) {
  milliseconds max_age{-1};
  read_mapping(node, " in 'cors'",
               {{"origins", [&](const Node& value) { read_origins(value, cors, problems); }},
                {"methods", [&](const Node& value) { read_methods(value, cors, problems); }},
                {"headers",
                 [&](const Node& value) {
                   const std::string names = read_names(value, problems);
                   if (names != "*") cors.headers = names;
                 }},
                {"expose", [&](const Node& value) { cors.expose = read_names(value, problems); }},
                {"credentials", flag_into(cors.credentials, problems)},
                {"max_age", duration_into(max_age, milliseconds(0), problems)}},
               {}, problems);
  if (max_age.count() >= 0) cors.max_age = std::chrono::floor<std::chrono::seconds>(max_age);
  if (find(node, "origins") == nullptr) {
    problems.add(node.position,
                 "'cors' has no 'origins'; add them like 'origins: [https://app.example]'");
  } else if (const Node* credentials = find(node, "credentials");
             cors.credentials && cors.any_origin) {
    problems.add(credentials->position,
                 "credentials for every origin would let any page act for its user; list the "
                 "origins, or remove 'credentials'");
  }
}

}  // namespace

void read_cors(const Node& node, std::shared_ptr<const Cors>& target, Problems& problems) {
  if (node.kind == NodeKind::scalar && node.text == "none" && !node.refused) {
    target.reset();
    return;
  }
  auto cors = std::make_shared<Cors>();
  if (node.kind == NodeKind::mapping && !node.refused) {
    read_options(node, *cors, problems);
  } else {
    read_origins(node, *cors, problems);
  }
  target = std::move(cors);
}

}  // namespace plughost::config
