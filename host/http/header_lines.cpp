#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "http/characters.hpp"
#include "http/message.hpp"
#include "http/response_writer.hpp"

namespace plughost::http {
namespace {

enum class Role { ordinary, date, content_length, connection, forbidden };

/// Rationale: the length is compared first, since nearly every field is an ordinary one.
Role role_of(std::string_view name) {
  switch (name.size()) {
    case 4:
      return equals_ignoring_case(name, "date") ? Role::date : Role::ordinary;
    case 7:
      return equals_ignoring_case(name, "trailer") || equals_ignoring_case(name, "upgrade")
                 ? Role::forbidden
                 : Role::ordinary;
    case 10:
      if (equals_ignoring_case(name, "connection")) return Role::connection;
      return equals_ignoring_case(name, "keep-alive") ? Role::forbidden : Role::ordinary;
    case 14:
      return equals_ignoring_case(name, "content-length") ? Role::content_length : Role::ordinary;
    case 17:
      return equals_ignoring_case(name, "transfer-encoding") ? Role::forbidden : Role::ordinary;
    default:
      return Role::ordinary;
  }
}

bool parse_length(std::string_view text, std::uint64_t& length) {
  const char* const end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, length);
  return error == std::errc() && parsed == end && length != kUnknownLength;
}

/// Cuts the first line off.
HeaderField cut_line(std::string_view& lines) {
  const std::size_t colon = lines.find(':');
  const std::size_t end = lines.find("\r\n");
  const HeaderField line{lines.substr(0, colon), trim(lines.substr(colon + 1, end - colon - 1))};
  lines.remove_prefix(end + 2);
  return line;
}

constexpr std::array<std::string_view, 25> kNoTrailers = {"age",
                                                          "authorization",
                                                          "cache-control",
                                                          "content-encoding",
                                                          "content-length",
                                                          "content-range",
                                                          "content-type",
                                                          "date",
                                                          "expect",
                                                          "expires",
                                                          "host",
                                                          "location",
                                                          "max-forwards",
                                                          "pragma",
                                                          "proxy-authenticate",
                                                          "proxy-authorization",
                                                          "range",
                                                          "retry-after",
                                                          "set-cookie",
                                                          "te",
                                                          "trailer",
                                                          "transfer-encoding",
                                                          "vary",
                                                          "warning",
                                                          "www-authenticate"};

}  // namespace

HeaderLines::Verdict append_trailer(HeaderLines& lines, std::string_view name,
                                    std::string_view value) {
  const bool forbidden =
      std::any_of(kNoTrailers.begin(), kNoTrailers.end(),
                  [name](std::string_view known) { return equals_ignoring_case(name, known); });
  if (forbidden || equals_ignoring_case(name, "connection")) return HeaderLines::Verdict::framing;
  return lines.append(name, value);
}

HeaderLines::Verdict HeaderLines::append(std::string_view name, std::string_view value) {
  if (!is_token(name)) return Verdict::bad_name;
  if (!is_field_text(value)) return Verdict::bad_value;
  switch (role_of(name)) {
    case Role::forbidden:
      return Verdict::framing;
    case Role::connection:
      if (!equals_ignoring_case(trim(value), "close")) return Verdict::framing;
      close_ = true;
      return Verdict::accepted;
    case Role::content_length: {
      std::uint64_t length = 0;
      if (!parse_length(trim(value), length)) return Verdict::framing;
      if (declared_length_ != kUnknownLength && declared_length_ != length) return Verdict::framing;
      declared_length_ = length;
      return Verdict::accepted;
    }
    case Role::date:
      has_date_ = true;
      break;
    case Role::ordinary:
      break;
  }
  lines_.append(name).append(": ").append(value).append("\r\n");
  return Verdict::accepted;
}

void HeaderLines::add_upgrade(std::string_view protocol) {
  lines_.append("Upgrade: ").append(protocol).append("\r\nConnection: Upgrade\r\n");
}

bool HeaderLines::contains(std::string_view lower_case_name) const {
  for (std::string_view rest = lines_; !rest.empty();) {
    if (equals_ignoring_case(cut_line(rest).name, lower_case_name)) return true;
  }
  return false;
}

std::string_view HeaderLines::value(std::string_view lower_case_name) const {
  for (std::string_view rest = lines_; !rest.empty();) {
    const HeaderField line = cut_line(rest);
    if (equals_ignoring_case(line.name, lower_case_name)) return line.value;
  }
  return {};
}

bool HeaderLines::lists(std::string_view lower_case_name,
                        std::string_view lower_case_element) const {
  for (std::string_view rest = lines_; !rest.empty();) {
    HeaderField line = cut_line(rest);
    if (!equals_ignoring_case(line.name, lower_case_name)) continue;
    while (!line.value.empty()) {
      const std::string_view element = next_element(line.value);
      if (equals_ignoring_case(element.substr(0, element.find('=')), lower_case_element)) {
        return true;
      }
    }
  }
  return false;
}

void HeaderLines::remove(std::string_view lower_case_name) {
  std::string kept;
  for (std::string_view rest = lines_; !rest.empty();) {
    const std::string_view before = rest;
    if (equals_ignoring_case(cut_line(rest).name, lower_case_name)) continue;
    kept.append(before.substr(0, before.size() - rest.size()));
  }
  lines_.swap(kept);
}

void HeaderLines::clear() {
  lines_.clear();
  declared_length_ = kUnknownLength;
  close_ = false;
  has_date_ = false;
}

void HeaderLines::swap(HeaderLines& other) noexcept {
  lines_.swap(other.lines_);
  std::swap(declared_length_, other.declared_length_);
  std::swap(close_, other.close_);
  std::swap(has_date_, other.has_date_);
}

}  // namespace plughost::http
