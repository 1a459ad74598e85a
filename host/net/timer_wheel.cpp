#include "net/timer_wheel.hpp"

#include <algorithm>

namespace plughost::net {

std::uint64_t TimerWheel::tick_of(Clock::time_point when) {
  return static_cast<std::uint64_t>((when.time_since_epoch() + kTick - Clock::duration(1)) / kTick);
}

void TimerWheel::add(const Entry& entry) {
  if (size_ == 0) position_ = std::max(position_, tick_of(Clock::now()) - 1);
  const auto tick = std::max(entry.tick, position_ + 1);
  buckets_[tick % kBuckets].push_back(entry);
  ++size_;
}

void TimerWheel::take_due(Clock::time_point now, std::vector<Entry>& due) {
  const auto now_tick = static_cast<std::uint64_t>(now.time_since_epoch() / kTick);
  if (now_tick <= position_) return;
  const auto steps = std::min<std::uint64_t>(now_tick - position_, kBuckets);
  for (std::uint64_t i = 0; i < steps && size_ > 0; ++i) {
    auto& bucket = buckets_[(now_tick - i) % kBuckets];
    const auto first_due = std::partition(bucket.begin(), bucket.end(),
                                          [now_tick](const Entry& e) { return e.tick > now_tick; });
    size_ -= static_cast<std::size_t>(bucket.end() - first_due);
    due.insert(due.end(), first_due, bucket.end());
    bucket.erase(first_due, bucket.end());
    if (bucket.empty() && bucket.capacity() > 64) bucket.shrink_to_fit();
  }
  position_ = now_tick;
}

std::optional<std::uint64_t> TimerWheel::next_tick() const {
  if (size_ == 0) return std::nullopt;
  // A bucket may hold entries of a later turn only; then the thread wakes once for nothing.
  for (std::uint64_t i = 1; i <= kBuckets; ++i) {
    if (!buckets_[(position_ + i) % kBuckets].empty()) return position_ + i;
  }
  return std::nullopt;
}

}  // namespace plughost::net
