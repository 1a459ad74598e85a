#pragma once

#include <cstdint>
#include <string_view>

#include "runtime/metric.hpp"

/// What mode thread (and wsgi) measures of itself. Durations are in nanoseconds.
namespace plughost::python {

/// Of one route.
struct RouteMeasures {
  RouteMeasures() = default;
  RouteMeasures(const ph_host* host, std::string_view route);

  /// From the arrival of a request, whole or, where its body is read as it arrives, its head, to
  /// the start of its call: the queue, the calls before it and the GIL.
  Metric wait;
  /// From the start of a call until its answer is made, or until it returned: what a handler waits
  /// with the GIL released is in it.
  Metric hold;
};

/// Of all dispatch threads.
struct DispatchMeasures {
  explicit DispatchMeasures(const ph_host* host);

  /// How long a thread waited for the GIL itself before its turn, in which it serves many requests.
  Metric acquire;
  /// Requests that no thread has taken, at most a millisecond ago.
  Metric depth;
};

}  // namespace plughost::python
