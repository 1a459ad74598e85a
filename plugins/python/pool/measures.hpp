#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "pool/ending.hpp"
#include "pool/worker.hpp"
#include "runtime/metric.hpp"

namespace plughost::python::pool {

/// Why a worker was replaced. A started one that failed in no other way ended by itself.
enum class RestartCause { recycled, deadline, out_of_memory, signal, exit, start };

/// oom: the kernel ended a process for lack of memory meanwhile.
RestartCause cause_of(const Worker& worker, const Ending& ending, bool oom);

/// What a pool measures of itself. Pools of one name, of which there are two while one replaces the
/// other, show the sum.
///
/// Owner:   Engine. Threads: show and end on one at a time, count on any.
class Measures final {
 public:
  Measures(const ph_host* host, std::string_view pool);

  /// Shows how many workers do what, and how many tasks no worker has yet.
  void show(const std::vector<Slot>& slots, std::size_t waiting);
  void count(RestartCause cause) const;
  /// Measures nothing from now on.
  void end();

 private:
  static constexpr std::size_t kStates = 4;
  static constexpr std::size_t kCauses = 6;

  using Counts = std::array<std::int64_t, kStates>;

  void show(const Counts& workers, std::int64_t waiting);

  std::array<Metric, kStates> workers_;
  std::array<Metric, kCauses> restarts_;
  Metric depth_;
  Counts shown_workers_{};
  std::int64_t shown_depth_ = 0;
};

}  // namespace plughost::python::pool
