#pragma once

#include "metrics/snapshot.hpp"

namespace plughost::metrics {

/// The process_* metrics that every Prometheus client shows of its own process: processor time,
/// memory, descriptors, start. What /proc does not tell is left out.
///
/// Threads: [any].
Families process_metrics();

}  // namespace plughost::metrics
