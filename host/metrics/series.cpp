#include "metrics/series.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace plughost::metrics {

Series::Series(Kind kind, std::vector<std::uint64_t> bounds)
    : kind_(kind),
      bounds_(std::move(bounds)),
      cells_(new std::atomic<std::uint64_t>[bounds_.size() + 2]()) {
  for (std::size_t width = 1; width < first_.size(); ++width) {
    const auto least = std::uint64_t{1} << (width - 1);
    first_[width] =
        static_cast<std::uint8_t>(std::ranges::lower_bound(bounds_, least) - bounds_.begin());
  }
  bounds_.push_back(std::numeric_limits<std::uint64_t>::max());
}

std::vector<std::uint64_t> Series::buckets() const {
  if (kind_ != Kind::histogram) return {};
  std::vector<std::uint64_t> counts;
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    counts.push_back(cells_[kBuckets + i].load(std::memory_order_relaxed));
  }
  return counts;
}

}  // namespace plughost::metrics
