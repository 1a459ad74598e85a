#include "http/http_date.hpp"

#include <cstddef>

#include "http/characters.hpp"

namespace plughost::http {
namespace {

constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
constexpr std::string_view kLongDays[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                          "Thursday", "Friday", "Saturday"};

void put_two_digits(char* out, int number) {
  out[0] = static_cast<char>('0' + number / 10);
  out[1] = static_cast<char>('0' + number % 10);
}

/// Takes a date apart from the left; after the first mismatch nothing matches.
class Reader final {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  void literal(std::string_view expected) {
    if (!rest_.starts_with(expected)) return fail();
    rest_.remove_prefix(expected.size());
  }

  int number(std::size_t digits) {
    if (rest_.size() < digits) return fail(), 0;
    int value = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (!is_digit(c)) return fail(), 0;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  /// The day of asctime: two digits, or a blank and one.
  int padded_number() {
    if (!rest_.starts_with(' ')) return number(2);
    rest_.remove_prefix(1);
    return number(1);
  }

  /// The index of the three letters in names.
  int name(std::string_view names) {
    for (std::size_t at = 0; rest_.size() >= 3 && at < names.size(); at += 3) {
      if (rest_.substr(0, 3) != names.substr(at, 3)) continue;
      rest_.remove_prefix(3);
      return static_cast<int>(at / 3);
    }
    fail();
    return 0;
  }

  void long_day() {
    for (const std::string_view day : kLongDays) {
      if (rest_.starts_with(day)) return rest_.remove_prefix(day.size());
    }
    fail();
  }

  void time_of_day(std::tm& out) {
    out.tm_hour = number(2);
    literal(":");
    out.tm_min = number(2);
    literal(":");
    out.tm_sec = number(2);
  }

  bool matched() const { return fine_ && rest_.empty(); }

 private:
  void fail() {
    fine_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  bool fine_ = true;
};

bool read_imf_fixdate(std::string_view text, std::tm& out) {
  Reader reader(text);
  reader.name(kDays);
  reader.literal(", ");
  out.tm_mday = reader.number(2);
  reader.literal(" ");
  out.tm_mon = reader.name(kMonths);
  reader.literal(" ");
  out.tm_year = reader.number(4) - 1900;
  reader.literal(" ");
  reader.time_of_day(out);
  reader.literal(" GMT");
  return reader.matched();
}

bool read_rfc850(std::string_view text, std::time_t now, std::tm& out) {
  Reader reader(text);
  reader.long_day();
  reader.literal(", ");
  out.tm_mday = reader.number(2);
  reader.literal("-");
  out.tm_mon = reader.name(kMonths);
  reader.literal("-");
  const int two_digits = reader.number(2);
  reader.literal(" ");
  reader.time_of_day(out);
  reader.literal(" GMT");
  std::tm today{};
  ::gmtime_r(&now, &today);
  const int century = today.tm_year / 100 * 100;
  out.tm_year = century + two_digits;
  if (out.tm_year > today.tm_year + 50) out.tm_year -= 100;
  return reader.matched();
}

bool read_asctime(std::string_view text, std::tm& out) {
  Reader reader(text);
  reader.name(kDays);
  reader.literal(" ");
  out.tm_mon = reader.name(kMonths);
  reader.literal(" ");
  out.tm_mday = reader.padded_number();
  reader.literal(" ");
  reader.time_of_day(out);
  reader.literal(" ");
  out.tm_year = reader.number(4) - 1900;
  return reader.matched();
}

}  // namespace

void write_date(std::time_t time, char* out) {
  constexpr std::string_view kForm = "Thu, 01 Jan 1970 00:00:00 GMT";
  static_assert(kForm.size() == kDateLength);
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  kForm.copy(out, kForm.size());
  kDays.copy(out, 3, static_cast<std::size_t>(utc.tm_wday) * 3);
  put_two_digits(out + 5, utc.tm_mday);
  kMonths.copy(out + 8, 3, static_cast<std::size_t>(utc.tm_mon) * 3);
  put_two_digits(out + 12, (utc.tm_year + 1900) / 100);
  put_two_digits(out + 14, (utc.tm_year + 1900) % 100);
  put_two_digits(out + 17, utc.tm_hour);
  put_two_digits(out + 20, utc.tm_min);
  put_two_digits(out + 23, utc.tm_sec);
}

std::string format_date(std::time_t time) {
  std::string out(kDateLength, ' ');
  write_date(time, out.data());
  return out;
}

std::optional<std::time_t> parse_date(std::string_view text, std::time_t now) {
  std::tm parsed{};
  if (!read_imf_fixdate(text, parsed) && !read_rfc850(text, now, parsed = {}) &&
      !read_asctime(text, parsed = {})) {
    return std::nullopt;
  }
  std::tm normalised = parsed;
  const std::time_t time = ::timegm(&normalised);
  // timegm moves 31 April to 1 May; a leap second (60) to the next minute, which is meant.
  if (normalised.tm_mday != parsed.tm_mday && parsed.tm_sec < 60) return std::nullopt;
  if (parsed.tm_hour > 23 || parsed.tm_min > 59 || parsed.tm_sec > 60) return std::nullopt;
  return time;
}

}  // namespace plughost::http
