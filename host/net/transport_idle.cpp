#include <algorithm>

#include "net/transport.hpp"

// Which connection makes room when there are too many.
namespace plughost::net {
namespace {

constexpr std::size_t kCandidates = 64;  // found by one look at all connections

/// Looking costs time for every connection; this bounds it to a small part of the thread's.
constexpr std::chrono::microseconds kPausePerConnection{2};

}  // namespace

std::optional<Clock::time_point> Transport::oldest_idle_since() {
  const auto* connection = oldest_idle();
  if (connection == nullptr) return std::nullopt;
  return connection->idle_since();
}

bool Transport::close_oldest_idle() {
  auto* connection = oldest_idle();
  if (connection == nullptr) return false;
  touch(*connection);
  connection->close_idle();
  return true;
}

/// Whoever was not among the candidates has been idle for less time than each of them.
Connection* Transport::oldest_idle() {
  do {
    for (; !idle_.empty(); idle_.pop_back()) {
      const auto& candidate = idle_.back();
      auto* connection = find(candidate.fd);
      if (connection != nullptr && connection->serial == candidate.serial &&
          connection->idle_since() == candidate.since && connection->is_idle() &&
          !connection->has_input()) {
        return connection;
      }
    }
  } while (look_for_idle());
  return nullptr;
}

/// False: none is idle, or the last look was a moment ago.
bool Transport::look_for_idle() {
  const auto now = context_.now;
  if (now < next_look_) return false;
  next_look_ = now + kPausePerConnection * connections_.size();
  for (const auto& connection : connections_) {
    if (connection == nullptr || !connection->is_idle() || connection->has_input()) continue;
    idle_.push_back({connection->idle_since(), connection->fd(), connection->serial});
  }
  const auto older = [](const Idle& a, const Idle& b) { return a.since < b.since; };
  if (idle_.size() > kCandidates) {
    std::nth_element(idle_.begin(), idle_.begin() + kCandidates, idle_.end(), older);
    idle_.resize(kCandidates);
  }
  std::sort(idle_.begin(), idle_.end(), [&](const Idle& a, const Idle& b) { return older(b, a); });
  return !idle_.empty();
}

}  // namespace plughost::net
