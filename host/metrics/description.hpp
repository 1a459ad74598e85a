#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plughost::metrics {

enum class Kind { counter, gauge, histogram };

struct Label {
  std::string name;
  std::string value;

  friend auto operator<=>(const Label&, const Label&) = default;
};

/// A metric and the labels of one of its series.
///
/// Values are integers; what is shown is the value divided by divisor, so that seconds may be
/// counted in nanoseconds.
struct Description {
  Kind kind = Kind::counter;
  std::string name;
  std::string help;
  std::vector<Label> labels;
  std::uint64_t divisor = 1;
  std::vector<std::uint64_t> bounds = {};  ///< of a histogram: inclusive, ascending
};

inline constexpr std::size_t kMaxLabels = 8;
inline constexpr std::size_t kMaxBounds = 32;

/// The rule of the Prometheus data model, or of ours, that a description breaks, as a sentence;
/// empty: none.
std::string objection_to(const Description& description);

const char* name_of(Kind kind);

}  // namespace plughost::metrics
