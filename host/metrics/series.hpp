#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstdint>
#include <memory>
#include <vector>

#include "metrics/description.hpp"

namespace plughost::metrics {

/// The numbers of one series.
///
/// Rationale: integers, so that an update is one atomic addition on every machine; prometheus-cpp's
/// own histogram takes a lock, and its counter repeats itself until nobody was in between.
///
/// Owner:   Registry, which never frees one: an update that comes too late meets memory that is
///          nobody else's.
/// Threads: [any], wait-free. What is of another kind, or negative for a counter, changes nothing.
class alignas(64) Series {
 public:
  /// bounds: of a histogram, ascending, else none.
  Series(Kind kind, std::vector<std::uint64_t> bounds);
  Series(const Series&) = delete;
  Series& operator=(const Series&) = delete;

  void add(std::int64_t amount) noexcept {
    if (kind_ == Kind::histogram || (kind_ == Kind::counter && amount < 0)) return;
    cells_[kValue].fetch_add(static_cast<std::uint64_t>(amount), std::memory_order_relaxed);
  }
  void set(std::int64_t value) noexcept {
    if (kind_ != Kind::gauge) return;
    cells_[kValue].store(static_cast<std::uint64_t>(value), std::memory_order_relaxed);
  }
  void observe(std::uint64_t value) noexcept {
    if (kind_ != Kind::histogram) return;
    std::size_t bucket = first_[static_cast<std::size_t>(std::bit_width(value))];
    while (value > bounds_[bucket]) ++bucket;
    cells_[kValue].fetch_add(value, std::memory_order_relaxed);
    cells_[kBuckets + bucket].fetch_add(1, std::memory_order_relaxed);
  }

  Kind kind() const noexcept { return kind_; }
  /// Of a gauge as it is; of a histogram the sum.
  std::uint64_t value() const noexcept { return cells_[kValue].load(std::memory_order_relaxed); }
  /// Observations in each bucket, the last one unbounded; empty unless it is a histogram.
  std::vector<std::uint64_t> buckets() const;

 private:
  static constexpr std::size_t kValue = 0;
  static constexpr std::size_t kBuckets = 1;

  const Kind kind_;
  std::array<std::uint8_t, 65> first_{};  // by a value's width in bits: no bucket before is its own
  std::vector<std::uint64_t> bounds_;     // the last one holds every value
  const std::unique_ptr<std::atomic<std::uint64_t>[]> cells_;
};

}  // namespace plughost::metrics
