#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace plughost::dispatch {

/// How many bytes of request bodies the process may hold at once (limits.buffered_bytes).
///
/// Threads: [any].
class BodyBudget final {
 public:
  explicit BodyBudget(std::uint64_t bytes) : left_(static_cast<std::int64_t>(bytes)) {}

  bool take(std::uint64_t bytes) noexcept {
    const auto wanted = static_cast<std::int64_t>(bytes);
    if (left_.fetch_sub(wanted, std::memory_order_relaxed) >= wanted) return true;
    give_back(bytes);
    return false;
  }
  void give_back(std::uint64_t bytes) noexcept {
    left_.fetch_add(static_cast<std::int64_t>(bytes), std::memory_order_relaxed);
  }

 private:
  std::atomic<std::int64_t> left_;
};

/// One request's share of the budget.
class BodyReservation final {
 public:
  BodyReservation() = default;
  BodyReservation(BodyReservation&& other) noexcept
      : budget_(other.budget_), bytes_(std::exchange(other.bytes_, 0)) {}
  BodyReservation& operator=(BodyReservation&&) = delete;
  ~BodyReservation() { release(); }

  /// Makes the share at least that large. False: the budget has no room; the share is unchanged.
  bool grow_to(BodyBudget& budget, std::uint64_t bytes) noexcept {
    if (bytes <= bytes_) return true;
    if (!budget.take(bytes - bytes_)) return false;
    budget_ = &budget;
    bytes_ = bytes;
    return true;
  }
  void release() noexcept {
    if (bytes_ > 0) budget_->give_back(std::exchange(bytes_, 0));
  }

 private:
  BodyBudget* budget_ = nullptr;
  std::uint64_t bytes_ = 0;
};

}  // namespace plughost::dispatch
