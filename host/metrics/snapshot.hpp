#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "metrics/description.hpp"

namespace plughost::metrics {

/// What one series had reached when it was read, in the unit of its family.
struct Sample {
  std::vector<Label> labels;
  double value = 0;  ///< of a counter or a gauge; of a histogram the sum of what was observed
  std::vector<std::uint64_t> buckets = {};  ///< of a histogram: not cumulative, the last unbounded
};

/// All series of one name.
struct Family {
  Kind kind;
  std::string name;
  std::string help;
  std::vector<double> bounds;  ///< of a histogram's buckets but the last
  std::vector<Sample> samples;
};

using Families = std::vector<Family>;

}  // namespace plughost::metrics
