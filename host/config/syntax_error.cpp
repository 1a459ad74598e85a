#include "config/syntax_error.hpp"

#include <algorithm>
#include <cstddef>

#include "config/quote.hpp"

namespace plughost::config {
namespace {

struct Explanation {
  std::string_view reason;   ///< how the parser's message starts
  std::string_view message;  ///< what to do
};

constexpr Explanation kExplanations[] = {
    {"illegal map value",
     "a ': ' is not expected here; quote a text that holds ': ', and check the indentation"},
    {"end of map not found",
     "this does not belong to the mapping above; check the indentation and the quotes"},
    {"end of sequence not found",
     "this does not belong to the list above; check the indentation and the quotes"},
    {"illegal block entry", "a '- ' is not expected here; start the list on a line of its own"},
    {"illegal map key", "a key is not expected here; check the indentation"},
    {"illegal flow end", "this bracket closes nothing that it could close; check the pairs"},
    {"unknown token", "a plain text cannot start with this character; put the text in quotes"},
    {"illegal tab", "a tab cannot indent; use spaces"},
    {"the referenced anchor is not defined",
     "aliases ('*') are not supported; write the value out, or quote a text that starts with '*'"},
};

/// The parser has read the backslash and the character behind it.
constexpr Explanation kBadEscape = {
    "unknown escape character",
    "this is not an escape of a double-quoted text; write '\\\\' for a backslash, or use single "
    "quotes"};

/// The place of the `[` if the parser stopped behind an IPv6 address in brackets.
std::optional<SourcePosition> find_ipv6(const SourceText& source, SourcePosition place) {
  const std::string_view line = source.line(place.line);
  const auto column = static_cast<std::size_t>(place.column);
  if (column < 2 || column - 2 >= line.size() || line[column - 2] != ']') return std::nullopt;
  const std::size_t close = column - 2;
  const std::size_t open = line.substr(0, close).rfind('[');
  if (open == std::string_view::npos) return std::nullopt;
  if (!looks_like_ipv6(line.substr(open + 1, close - open - 1))) return std::nullopt;
  return SourcePosition{place.line, static_cast<int>(open) + 1};
}

/// `${…}` whose brace stopped the parser; empty if it was something else.
std::string_view find_variable(const SourceText& source, SourcePosition place) {
  const std::size_t brace = source.offset(place);
  const std::string_view text = source.text();
  if (brace == 0 || brace >= text.size() || text[brace] != '{' || text[brace - 1] != '$') return "";
  const std::string_view variable = text.substr(brace - 1);
  const std::size_t close = variable.find_first_of("}\r\n");
  return variable.substr(0,
                         close == std::string_view::npos || variable[close] != '}' ? 2 : close + 1);
}

bool is_indented_by_tab(std::string_view line) {
  return line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
}

std::string place_of(SourcePosition position) {
  return "line " + std::to_string(position.line) + ", column " + std::to_string(position.column);
}

SyntaxError explain_bracket(const SourceText& source, SourcePosition place, SourcePosition open) {
  const std::size_t open_offset = source.offset(open);
  const std::string bracket(source.text().substr(open_offset, 1));
  const std::size_t stop = source.offset(place);
  if (stop <= open_offset || stop >= source.text().size()) {
    return {open, "the '" + bracket + "' is never closed"};
  }
  return {place, "this is not expected inside the '" + bracket + "' that opens in " +
                     place_of(open) +
                     "; separate the parts by ',', close the bracket, or quote a "
                     "text that holds brackets"};
}

}  // namespace

bool looks_like_ipv6(std::string_view text) {
  const std::string_view address = text.substr(0, text.find('%'));
  return std::count(address.begin(), address.end(), ':') >= 2 &&
         address.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
}

bool is_quote_closed(const SourceText& source, SourcePosition start) {
  const std::string_view text = source.text();
  std::size_t index = source.offset(start);
  if (index >= text.size() || (text[index] != '"' && text[index] != '\'')) return true;
  const char quote = text[index++];
  while (index < text.size()) {
    if (quote == '"' && text[index] == '\\') {
      index += 2;
    } else if (text[index] != quote) {
      ++index;
    } else if (quote == '\'' && index + 1 < text.size() && text[index + 1] == '\'') {
      index += 2;
    } else {
      return true;
    }
  }
  return false;
}

SyntaxError explain_syntax_error(const SourceText& source, std::string_view reason,
                                 SourcePosition place, std::optional<SourcePosition> open_bracket) {
  if (const std::optional<SourcePosition> ipv6 = find_ipv6(source, place)) {
    return {*ipv6,
            "an IPv6 address must be quoted, else YAML takes its '[' for a list; write "
            "\"[::1]:8000\""};
  }
  if (const std::string_view variable = find_variable(source, place); !variable.empty()) {
    return {{place.line, place.column - 1},
            quote(variable) +
                " must be quoted inside { } or [ ], else YAML takes its '{' for a mapping; write "
                "\"" +
                std::string(variable) + "\""};
  }
  if (is_indented_by_tab(source.line(place.line))) {
    return {{place.line, 1}, "a tab cannot indent; use spaces"};
  }
  if (reason.starts_with(kBadEscape.reason)) {
    return {{place.line, place.column - 2}, std::string(kBadEscape.message)};
  }
  const bool in_brackets = reason.find("flow not found") != std::string_view::npos;
  if (in_brackets && open_bracket) return explain_bracket(source, place, *open_bracket);
  for (const Explanation& known : kExplanations) {
    if (reason.starts_with(known.reason)) return {place, std::string(known.message)};
  }
  return {place, "this is not YAML: " + std::string(reason)};
}

}  // namespace plughost::config
