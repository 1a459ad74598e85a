#include "http/conditional.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "http/characters.hpp"
#include "http/http_date.hpp"

namespace plughost::http {
namespace {

bool has_field(const RequestMessage& request, std::string_view name) {
  return std::any_of(request.headers.begin(), request.headers.end(),
                     [name](const HeaderField& field) { return field.name == name; });
}

/// Cuts the first entity tag off a list; nothing: there is none, or no tag where one belongs.
std::optional<std::string_view> next_tag(std::string_view& list) {
  while (!list.empty() && (is_whitespace(list.front()) || list.front() == ',')) {
    list.remove_prefix(1);
  }
  const std::size_t weak = list.starts_with("W/") ? 2 : 0;
  if (list.size() <= weak || list[weak] != '"') return std::nullopt;
  const std::size_t end = list.find('"', weak + 1);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view tag = list.substr(0, end + 1);
  list.remove_prefix(end + 1);
  return tag;
}

enum class Comparison { strong, weak };

/// RFC 9110 section 8.8.3.2; ours is strong.
bool same_tag(std::string_view tag, std::string_view etag, Comparison comparison) {
  if (tag.starts_with("W/")) {
    return comparison == Comparison::weak && tag.substr(2) == etag;
  }
  return tag == etag;
}

/// True if a field of that name is `*` or lists the tag.
bool lists_tag(const RequestMessage& request, std::string_view name, std::string_view etag,
               Comparison comparison) {
  for (const HeaderField& field : request.headers) {
    if (field.name != name) continue;
    std::string_view list = trim(field.value);
    if (list == "*") return true;
    while (const auto tag = next_tag(list)) {
      if (same_tag(*tag, etag, comparison)) return true;
    }
  }
  return false;
}

std::optional<std::time_t> date_of(const RequestMessage& request, std::string_view name,
                                   std::time_t now) {
  return parse_date(trim(request.header(name)), now);
}

bool if_range_holds(const RequestMessage& request, const Validators& current, std::time_t now) {
  if (!has_field(request, "if-range")) return true;
  const std::string_view value = trim(request.header("if-range"));
  if (value.starts_with('"') || value.starts_with("W/")) {
    return same_tag(value, current.etag, Comparison::strong);
  }
  return parse_date(value, now) == current.last_modified;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec == std::errc::result_out_of_range) return UINT64_MAX;
  if (text.empty() || parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

ByteRange last_bytes(std::uint64_t wanted, std::uint64_t size) {
  if (wanted == 0 || size == 0) return {ByteRange::Kind::unsatisfiable};
  const std::uint64_t length = std::min(wanted, size);
  return {ByteRange::Kind::part, size - length, length};
}

ByteRange parse_range(std::string_view field, std::uint64_t size) {
  constexpr std::string_view kUnit = "bytes";
  const std::size_t equals = field.find('=');
  if (equals == std::string_view::npos) return {};
  if (!equals_ignoring_case(trim(field.substr(0, equals)), kUnit)) return {};
  const std::string_view spec = trim(field.substr(equals + 1));
  const std::size_t dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) return {};
  const std::string_view from = spec.substr(0, dash);
  const std::string_view to = spec.substr(dash + 1);
  const auto first = number(from);
  const auto last = number(to);
  if (from.empty()) return last ? last_bytes(*last, size) : ByteRange{};
  if (!first || (!to.empty() && (!last || *last < *first))) return {};
  if (*first >= size) return {ByteRange::Kind::unsatisfiable};
  const std::uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  return {ByteRange::Kind::part, *first, end - *first + 1};
}

}  // namespace

Precondition check_preconditions(const RequestMessage& request, const Validators& current,
                                 std::time_t now) {
  if (has_field(request, "if-match")) {
    if (!lists_tag(request, "if-match", current.etag, Comparison::strong)) {
      return Precondition::failed;
    }
  } else if (const auto date = date_of(request, "if-unmodified-since", now)) {
    if (current.last_modified > *date) return Precondition::failed;
  }
  if (has_field(request, "if-none-match")) {
    return lists_tag(request, "if-none-match", current.etag, Comparison::weak)
               ? Precondition::not_modified
               : Precondition::proceed;
  }
  const auto since = date_of(request, "if-modified-since", now);
  return since && current.last_modified <= *since ? Precondition::not_modified
                                                  : Precondition::proceed;
}

ByteRange select_range(const RequestMessage& request, std::uint64_t size, const Validators& current,
                       std::time_t now) {
  if (request.method != "GET" || !has_field(request, "range")) return {};
  if (!if_range_holds(request, current, now)) return {};
  return parse_range(request.header("range"), size);
}

}  // namespace plughost::http
