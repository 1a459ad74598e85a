#include "runtime/units.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace plughost::python {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<Unit, 5> kDurations{
    {{"ms", 1}, {"s", 1000}, {"", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
constexpr std::array<Unit, 4> kSizes{
    {{"", 1}, {"KiB", 1ull << 10}, {"MiB", 1ull << 20}, {"GiB", 1ull << 30}}};
constexpr std::uint64_t kLongestDuration = 365ull * 24 * 3'600'000;
constexpr std::uint64_t kLargestSize = 1ull << 40;

template <typename Units>
std::optional<std::uint64_t> parse(std::string_view text, const Units& units, std::uint64_t most) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc()) return std::nullopt;
  const std::string_view name(rest, static_cast<std::size_t>(end - rest));
  const auto unit =
      std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == name; });
  if (unit == units.end() || number > most / unit->factor) return std::nullopt;
  return number * unit->factor;
}

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const auto value = parse(text, kDurations, kLongestDuration);
  if (!value) return std::nullopt;
  return std::chrono::milliseconds(*value);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return parse(text, kSizes, kLargestSize);
}

}  // namespace plughost::python
