#include "routing/pattern.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "config/quote.hpp"
#include "routing/percent.hpp"

namespace plughost::routing {
namespace {

using config::quote;

bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_parameter_name(std::string_view name) {
  return !name.empty() && is_name_start(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return is_name_start(c) || (c >= '0' && c <= '9'); });
}

/// The first character that the path of a request never has; npos if there is none.
std::size_t find_impossible(std::string_view text) {
  return static_cast<std::size_t>(std::find_if(text.begin(), text.end(),
                                               [](char c) {
                                                 const auto byte = static_cast<unsigned char>(c);
                                                 return byte <= ' ' || byte == 0x7F || c == '?' ||
                                                        c == '#';
                                               }) -
                                  text.begin());
}

std::optional<SegmentKind> kind_of(std::string_view type) {
  if (type == "int") return SegmentKind::integer;
  if (type == "path") return SegmentKind::rest;
  return std::nullopt;
}

Result<Segment> parse_parameter(std::string_view text) {
  using Failed = Result<Segment>;
  if (text.front() != '{' || text.find_first_of("{}", 1) != text.size() - 1 || text.back() != '}') {
    return Failed::failure("the segment " + quote(text) +
                           " mixes text and braces; a parameter is a whole segment like '{id}'");
  }
  const std::string_view inside = text.substr(1, text.size() - 2);
  const std::size_t colon = inside.find(':');
  const std::string_view name = inside.substr(0, colon);
  if (!is_parameter_name(name)) {
    return Failed::failure(quote(name) + " in " + quote(text) +
                           " is not a parameter name; use letters, digits and '_', and no digit "
                           "first");
  }
  if (colon == std::string_view::npos) return Segment{SegmentKind::any, std::string(name)};
  const std::string_view type = inside.substr(colon + 1);
  const std::optional<SegmentKind> kind = kind_of(type);
  if (!kind) {
    return Failed::failure(quote(type) + " in " + quote(text) +
                           " is not a parameter type; there are 'int' and 'path', or none");
  }
  return Segment{*kind, std::string(name)};
}

Result<Segment> parse_literal(std::string_view text) {
  using Failed = Result<Segment>;
  Segment segment{SegmentKind::literal, ""};
  if (!append_percent_decoded(segment.text, text)) {
    return Failed::failure("the segment " + quote(text) +
                           " has a bad escape; '%' is followed by two hexadecimal digits, and "
                           "%00 is no character of a path (a '%' itself is '%25')");
  }
  if (segment.text == "." || segment.text == "..") {
    return Failed::failure("the segment " + quote(text) +
                           " never occurs in a request; write the path without it");
  }
  return segment;
}

Result<Segment> parse_segment(std::string_view text) {
  if (text.find_first_of("{}") == std::string_view::npos) return parse_literal(text);
  return parse_parameter(text);
}

std::string mount_of(const std::vector<Segment>& segments) {
  std::string mount;
  for (const Segment& segment : segments) {
    if (segment.kind != SegmentKind::literal) break;
    mount += '/' + segment.text;
  }
  if (!mount.empty() && mount.back() == '/') mount.pop_back();
  return mount;
}

}  // namespace

Result<Pattern> Pattern::parse(std::string_view text) {
  using Failed = Result<Pattern>;
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) {
    return Failed::failure("the path " + quote(text) + " must start with '/'");
  }
  Pattern pattern;
  pattern.text_ = text;
  if (slash > 0) {
    Result<HostPattern> host = HostPattern::parse(text.substr(0, slash));
    if (!host) return Failed::failure(host.error());
    pattern.host_ = std::move(host.value());
  }
  const std::string_view path = text.substr(slash);
  if (const std::size_t bad = find_impossible(path); bad < path.size()) {
    return Failed::failure("the path " + quote(path) +
                           " has a character that a request's path never has, after " +
                           quote(path.substr(0, bad)) +
                           "; write it as an escape like '%20', and leave out query and fragment");
  }

  for (std::string_view rest = path; !rest.empty();) {
    if (!pattern.segments_.empty() && pattern.segments_.back().kind == SegmentKind::rest) {
      return Failed::failure("'{" + pattern.segments_.back().text +
                             ":path}' takes the rest of the path; it must be the last segment");
    }
    rest.remove_prefix(1);
    const std::size_t length = std::min(rest.find('/'), rest.size());
    Result<Segment> segment = parse_segment(rest.substr(0, length));
    if (!segment) return Failed::failure(segment.error());
    rest.remove_prefix(length);
    if (segment.value().kind != SegmentKind::literal) {
      std::vector<std::string>& names = pattern.parameters_;
      if (std::find(names.begin(), names.end(), segment.value().text) != names.end()) {
        return Failed::failure("the parameter '{" + segment.value().text +
                               "}' is there twice; give each its own name");
      }
      names.push_back(segment.value().text);
    }
    pattern.segments_.push_back(std::move(segment.value()));
  }
  pattern.mount_ = mount_of(pattern.segments_);
  return pattern;
}

}  // namespace plughost::routing
