#include "config/units.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <span>

#include "config/quote.hpp"

namespace plughost::config {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr Unit kDurations[] = {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
constexpr Unit kSizes[] = {{"", 1}, {"KiB", 1ull << 10}, {"MiB", 1ull << 20}, {"GiB", 1ull << 30}};
constexpr std::uint64_t kLongestDuration = 365ull * 24 * 3'600'000;
constexpr std::uint64_t kLargestSize = 1ull << 40;

struct Quantity {
  std::string_view digits;
  std::string_view unit;
};

Quantity split(std::string_view text) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  return {text.substr(0, digits), text.substr(digits)};
}

/// Null if it does not fit 64 bits.
std::optional<std::uint64_t> to_number(std::string_view digits) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

const Unit* find_unit(std::span<const Unit> units, std::string_view name) {
  const auto unit =
      std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == name; });
  return unit == units.end() ? nullptr : &*unit;
}

/// digits times the unit, if that is at most the limit.
std::optional<std::uint64_t> scale(std::string_view digits, const Unit& unit, std::uint64_t limit) {
  const std::optional<std::uint64_t> number = to_number(digits);
  if (!number || *number > limit / unit.factor) return std::nullopt;
  return *number * unit.factor;
}

/// The unit that a person means by "kb", "MB", "sec" and the like; empty if there is no telling.
std::string_view intended_unit(std::string_view written, std::span<const Unit> units) {
  while (!written.empty() && written.front() == ' ') written.remove_prefix(1);
  if (written.empty()) return "";
  const auto lower = [](char c) { return static_cast<char>(c | 0x20); };
  if (lower(written.front()) == 'm' && written.size() > 1 && lower(written[1]) == 's') {
    if (find_unit(units, "ms") != nullptr) return "ms";
  }
  if (lower(written.front()) == 'm' && written.size() > 2 && lower(written[2]) == 'l') {
    if (find_unit(units, "ms") != nullptr) return "ms";
  }
  for (const Unit& unit : units) {
    if (unit.name.empty() || unit.name == "ms") continue;
    if (lower(unit.name.front()) == lower(written.front())) return unit.name;
  }
  return "";
}

std::string suggestion(const Quantity& quantity, std::span<const Unit> units) {
  const std::string_view unit = intended_unit(quantity.unit, units);
  if (quantity.digits.empty() || unit.empty()) return "";
  return " (did you mean '" + std::string(quantity.digits) + std::string(unit) + "'?)";
}

std::string format(std::uint64_t value, std::span<const Unit> units) {
  const Unit* best = &units.front();
  for (const Unit& unit : units) {
    if (value != 0 && value % unit.factor == 0) best = &unit;
  }
  return std::to_string(value / best->factor) + std::string(best->name);
}

}  // namespace

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  using Failed = Result<std::chrono::milliseconds>;
  const Quantity quantity = split(text);
  const Unit* unit = find_unit(kDurations, quantity.unit.empty() ? "s" : quantity.unit);
  if (quantity.digits.empty() || unit == nullptr) {
    return Failed::failure(quote(text) +
                           " is not a duration; write a whole number with ms, s, m or h" +
                           suggestion(quantity, kDurations));
  }
  const auto value = scale(quantity.digits, *unit, kLongestDuration);
  if (!value) return Failed::failure(quote(text) + " is too long; at most 8760h");
  return std::chrono::milliseconds(*value);
}

Result<std::uint64_t> parse_size(std::string_view text) {
  using Failed = Result<std::uint64_t>;
  const Quantity quantity = split(text);
  const Unit* unit = find_unit(kSizes, quantity.unit);
  if (quantity.digits.empty() || unit == nullptr) {
    return Failed::failure(quote(text) +
                           " is not a size; write bytes, or a whole number with KiB, MiB or GiB" +
                           suggestion(quantity, kSizes));
  }
  const auto value = scale(quantity.digits, *unit, kLargestSize);
  if (!value) return Failed::failure(quote(text) + " is too large; at most 1024GiB");
  return *value;
}

Result<std::uint64_t> parse_count(std::string_view text) {
  using Failed = Result<std::uint64_t>;
  const Quantity quantity = split(text);
  if (quantity.digits.empty() || !quantity.unit.empty()) {
    return Failed::failure(quote(text) + " is not a whole number");
  }
  const auto value = to_number(quantity.digits);
  if (!value) return Failed::failure(quote(text) + " is too large");
  return *value;
}

std::string format_duration(std::chrono::milliseconds duration) {
  return format(static_cast<std::uint64_t>(duration.count()), kDurations);
}

std::string format_size(std::uint64_t bytes) { return format(bytes, kSizes); }

}  // namespace plughost::config
