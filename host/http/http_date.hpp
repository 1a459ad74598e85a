#pragma once

#include <cstddef>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace plughost::http {

inline constexpr std::size_t kDateLength = 29;

/// Writes kDateLength characters of IMF-fixdate (RFC 9110 section 5.6.7) to out: "Sun, 06 Nov 1994
/// 08:49:37 GMT". Rationale: strftime would ask the locale.
void write_date(std::time_t time, char* out);
std::string format_date(std::time_t time);

/// Any of the three forms a recipient must take: IMF-fixdate, RFC 850 and asctime. A two-digit year
/// more than 50 years ahead of now means the past (same section). Nothing for all else, a day of
/// the month that does not exist included; the day of the week is not compared.
std::optional<std::time_t> parse_date(std::string_view text, std::time_t now);

}  // namespace plughost::http
