#include "http/accept_encoding.hpp"

#include <optional>

#include "http/characters.hpp"

namespace plughost::http {
namespace {

/// A quality value in thousandths (RFC 9110 section 12.4.2); malformed: 0.
int quality(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
  int value = (text[0] - '0') * 1000;
  if (text.size() == 1) return value;
  if (text[1] != '.') return 0;
  int unit = 100;
  for (const char c : text.substr(2)) {
    if (!is_digit(c)) return 0;
    value += (c - '0') * unit;
    unit /= 10;
  }
  return value > 1000 ? 0 : value;
}

struct Element {
  std::string_view coding;
  int quality = 1000;
};

Element parse(std::string_view element) {
  const std::size_t semicolon = element.find(';');
  Element parsed{trim(element.substr(0, semicolon))};
  if (semicolon == std::string_view::npos) return parsed;
  const std::string_view weight = trim(element.substr(semicolon + 1));
  const bool is_weight = weight.size() > 2 && to_lower(weight[0]) == 'q' && weight[1] == '=';
  parsed.quality = is_weight ? quality(weight.substr(2)) : 0;
  return parsed;
}

/// What the client says of a coding, by name or else by `*`.
std::optional<int> quality_of(const RequestMessage& request, std::string_view coding) {
  std::optional<int> of_any;
  for (const HeaderField& field : request.headers) {
    if (field.name != "accept-encoding") continue;
    for (std::string_view list = field.value; !list.empty();) {
      const Element element = parse(next_element(list));
      if (equals_ignoring_case(element.coding, coding)) return element.quality;
      if (element.coding == "*") of_any = element.quality;
    }
  }
  return of_any;
}

}  // namespace

std::string_view choose_coding(const RequestMessage& request,
                               std::span<const std::string_view> offered) {
  std::string_view best;
  int best_quality = 0;
  for (const std::string_view coding : offered) {
    const int its_quality = quality_of(request, coding).value_or(0);
    if (its_quality <= best_quality) continue;
    best = coding;
    best_quality = its_quality;
  }
  const auto identity = quality_of(request, "identity");
  return identity && *identity > best_quality ? std::string_view() : best;
}

}  // namespace plughost::http
