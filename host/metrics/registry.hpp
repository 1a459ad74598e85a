#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/error.hpp"
#include "metrics/description.hpp"
#include "metrics/series.hpp"
#include "metrics/snapshot.hpp"

namespace plughost::metrics {

/// All series of the process that somebody updates, by name and labels.
///
/// A series is shown while it has a holder. Who acquires the same name and labels gets the same
/// series, with what a counter or histogram has reached; a gauge without a holder falls back to 0.
///
/// Owner:   App; outlives whoever holds a series. Threads: [any].
/// Errors:  acquire says why not: a rule of objection_to(), a name that is of another kind or shape
///          or of another owner, too many series.
/// Limits:  kMaxSeries are ever made. None is freed before the registry (see Series).
class Registry final {
 public:
  static constexpr std::size_t kMaxSeries = 10'000;

  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  /// owner: the plugin's name, or "" for the host.
  Result<Series*> acquire(const std::string& owner, Description description);
  /// Takes back one acquire; what is no series, or has no holder, is ignored.
  void release(const Series* series) noexcept;
  bool is_full() const;

  /// By name.
  Families collect() const;

 private:
  struct Entry;
  struct Group;

  std::string objection_to(const std::string& owner, const Description& description) const;
  std::string clash_of(const std::string& name, Kind kind) const;
  Entry& find_or_make(Group& group, const std::string& owner, Description& description);

  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Group>> groups_;
  std::vector<std::unique_ptr<Group>> replaced_;  // nobody held one of their series
  std::unordered_map<const Series*, Entry*> entries_;
};

}  // namespace plughost::metrics
