#include "runtime/measures.hpp"

namespace plughost::python {
namespace {

std::string_view name_of(const ph_host* host) { return {host->name.ptr, host->name.len}; }

}  // namespace

RouteMeasures::RouteMeasures(const ph_host* host, std::string_view route)
    : wait(host, {PH_METRIC_HISTOGRAM,
                  "plughost_python_gil_wait_seconds",
                  "From the arrival of a request to the start of its call in a Python thread.",
                  {{"route", route}}}),
      hold(host, {PH_METRIC_HISTOGRAM,
                  "plughost_python_gil_hold_seconds",
                  "From the start of a call in a Python thread until it is answered.",
                  {{"route", route}}}) {}

DispatchMeasures::DispatchMeasures(const ph_host* host)
    : acquire(host, {PH_METRIC_HISTOGRAM, "plughost_python_gil_acquire_seconds",
                     "How long a Python thread waited for the GIL before a turn of many calls."}),
      depth(host, {PH_METRIC_GAUGE,
                   "plughost_queue_depth",
                   "Requests that wait for a thread or a worker.",
                   {{"plugin", name_of(host)}, {"queue", "threads"}}}) {}

}  // namespace plughost::python
