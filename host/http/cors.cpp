#include "http/cors.hpp"

#include <algorithm>
#include <cstddef>

#include "http/characters.hpp"

namespace plughost::http {
namespace {

bool is_label(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
  });
}

bool matches(std::string_view pattern, std::string_view origin) {
  const std::size_t star = pattern.find('*');
  if (star == std::string_view::npos) return origin == pattern;
  const std::string_view before = pattern.substr(0, star);
  const std::string_view behind = pattern.substr(star + 1);
  return origin.size() > before.size() + behind.size() && origin.starts_with(before) &&
         origin.ends_with(behind) &&
         is_label(origin.substr(before.size(), origin.size() - before.size() - behind.size()));
}

bool is_list_of_names(std::string_view list) {
  while (!list.empty()) {
    const std::string_view name = next_element(list);
    if (!name.empty() && !is_token(name)) return false;
  }
  return true;
}

}  // namespace

bool CorsPolicy::allows(std::string_view origin) const {
  return origins.empty() ||
         std::any_of(origins.begin(), origins.end(),
                     [&](const std::string& pattern) { return matches(pattern, origin); });
}

/// Returns whether a page of that origin may have the answer.
bool CorsPolicy::append_origin_to(HeaderLines& headers_of_answer, std::string_view origin) const {
  if (origin.empty() || !allows(origin)) return false;
  headers_of_answer.append("access-control-allow-origin", origins.empty() ? "*" : origin);
  if (credentials) headers_of_answer.append("access-control-allow-credentials", "true");
  return true;
}

void CorsPolicy::append_to(HeaderLines& headers_of_answer, std::string_view origin) const {
  if (headers_of_answer.contains("access-control-allow-origin")) return;
  if (!origins.empty()) headers_of_answer.append("vary", "Origin");
  if (!append_origin_to(headers_of_answer, origin) || expose.empty()) return;
  headers_of_answer.append("access-control-expose-headers", expose);
}

void CorsPolicy::append_preflight_to(HeaderLines& headers_of_answer, std::string_view origin,
                                     std::string_view method, std::string_view field_names) const {
  headers_of_answer.append("vary",
                           "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
  if (!append_origin_to(headers_of_answer, origin)) return;
  headers_of_answer.append("access-control-allow-methods", methods.empty() ? method : methods);
  // Not "*": with credentials that would be a name like any other, and it never means
  // Authorization.
  const std::string_view names =
      headers ? *headers : (is_list_of_names(field_names) ? field_names : "");
  if (!names.empty()) headers_of_answer.append("access-control-allow-headers", names);
  if (max_age) {
    headers_of_answer.append("access-control-max-age", std::to_string(max_age->count()));
  }
}

}  // namespace plughost::http
