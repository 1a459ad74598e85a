#include "metrics/series.hpp"

namespace plughost::metrics {

std::vector<std::uint64_t> Series::buckets() const {
  if (kind_ != Kind::histogram) return {};
  std::vector<std::uint64_t> counts;
  for (std::size_t i = 0; i <= bounds_.size(); ++i) {
    counts.push_back(cells_[kBuckets + i].load(std::memory_order_relaxed));
  }
  return counts;
}

}  // namespace plughost::metrics
