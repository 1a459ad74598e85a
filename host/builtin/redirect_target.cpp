#include "builtin/redirect_target.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "config/quote.hpp"
#include "http/authority.hpp"

namespace plughost::builtin {
namespace {

using config::quote;
using routing::SegmentKind;
using Failed = Result<RedirectTarget>;

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

/// What may stand in a path segment as it is (RFC 3986 section 3.3).
bool is_path_character(char c) {
  return is_unreserved(c) || std::string_view("!$&'()*+,;=:@").find(c) != std::string_view::npos;
}

void append_escaped(std::string& out, char c) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += '%';
  out += kDigits[byte >> 4];
  out += kDigits[byte & 15];
}

template <typename Allowed>
void append_encoded(std::string& out, std::string_view text, Allowed allowed) {
  for (const char c : text) {
    if (allowed(c)) {
      out += c;
    } else {
      append_escaped(out, c);
    }
  }
}

/// The first character that no URL has; npos: none. Braces are looked at elsewhere.
std::size_t find_impossible(std::string_view text) {
  const auto found = std::find_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= ' ' || byte >= 0x7F ||
           std::string_view("\"<>\\^`|").find(c) != std::string_view::npos;
  });
  return found == text.end() ? std::string_view::npos
                             : static_cast<std::size_t>(found - text.begin());
}

/// The length of scheme and host of an http or https URL; 0 for a path; npos for anything else.
std::size_t origin_length(std::string_view text) {
  if (text.starts_with("/")) return text.starts_with("//") ? std::string_view::npos : 0;
  const std::size_t scheme =
      text.starts_with("https://") ? 8 : (text.starts_with("http://") ? 7 : 0);
  if (scheme == 0) return std::string_view::npos;
  const std::size_t end = std::min(text.find_first_of("/?#", scheme), text.size());
  return http::is_host_and_port(text.substr(scheme, end - scheme)) ? end : std::string_view::npos;
}

std::string list_parameters(const routing::Pattern& pattern) {
  if (pattern.parameters().empty()) return "; the pattern has no parameters";
  std::string list;
  for (const std::string& name : pattern.parameters()) list += " {" + name + "}";
  return "; the pattern has" + list;
}

}  // namespace

Result<RedirectTarget> RedirectTarget::parse(std::string_view text,
                                             const routing::Pattern& pattern) {
  if (const std::size_t bad = find_impossible(text); bad != std::string_view::npos) {
    return Failed::failure("the redirect target " + quote(text) +
                           " has a character that a URL never has, after " +
                           quote(text.substr(0, bad)) + "; write it as an escape like '%20'");
  }
  const std::size_t origin = origin_length(text);
  if (origin == std::string_view::npos) {
    return Failed::failure("the redirect target " + quote(text) +
                           " is neither a path like '/new' nor a URL like "
                           "'https://example.com/new'; a parameter may not be in its host");
  }
  RedirectTarget target;
  target.is_path_ = origin == 0;
  const std::size_t hash = std::min(text.find('#'), text.size());
  target.fragment_ = text.substr(hash);
  if (target.fragment_.find_first_of("{}") != std::string::npos) {
    return Failed::failure("the redirect target " + quote(text) +
                           " has a parameter behind its '#'; a fragment is plain text");
  }
  std::string_view rest = text.substr(0, hash);
  target.drops_query_ = rest.ends_with('?');
  if (target.drops_query_) rest.remove_suffix(1);
  target.has_query_ = rest.find('?') != std::string_view::npos;
  if (const std::string mistake = target.add_parts(rest, pattern); !mistake.empty()) {
    return Failed::failure("the redirect target " + quote(text) + ' ' + mistake);
  }
  return target;
}

/// Returns what is wrong; empty: nothing.
std::string RedirectTarget::add_parts(std::string_view text, const routing::Pattern& pattern) {
  bool in_path = true;
  for (;;) {
    const std::size_t open = std::min(text.find_first_of("{}"), text.size());
    Part& part = parts_.emplace_back();
    part.text = text.substr(0, open);
    in_path = in_path && part.text.find('?') == std::string::npos;
    part.in_path = in_path;
    if (open == text.size()) return "";
    const std::size_t close = text.find('}', open);
    if (text[open] == '}' || close == std::string_view::npos) {
      return "has a brace without its partner; a parameter is written like '{id}'";
    }
    const std::string_view name = text.substr(open + 1, close - open - 1);
    const auto& names = pattern.parameters();
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) {
      return "names " + quote("{" + std::string(name) + "}") + list_parameters(pattern);
    }
    part.parameter = static_cast<std::size_t>(found - names.begin());
    part.keeps_slashes =
        in_path &&
        std::any_of(pattern.segments().begin(), pattern.segments().end(), [&](const auto& segment) {
          return segment.kind == SegmentKind::rest && segment.text == name;
        });
    text.remove_prefix(close + 1);
  }
}

std::string RedirectTarget::to_url(const std::vector<std::string>& values,
                                   std::string_view query) const {
  std::string url;
  for (const Part& part : parts_) {
    url += part.text;
    if (part.parameter == kNone) continue;
    append_encoded(url, values[part.parameter], [&part](char c) {
      return part.in_path ? is_path_character(c) || (c == '/' && part.keeps_slashes)
                          : is_unreserved(c);
    });
  }
  // To a client "//x" is the host x; with "/." in front it is the same path, and a path.
  if (is_path_ && url.starts_with("//")) url.insert(0, "/.");
  if (!query.empty() && !drops_query_) {
    url += has_query_ ? '&' : '?';
    append_encoded(url, query, [](char c) { return c > ' ' && c < '\x7F' && c != '#'; });
  }
  return url += fragment_;
}

}  // namespace plughost::builtin
