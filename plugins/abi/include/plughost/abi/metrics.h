/* SPDX-License-Identifier: Apache-2.0 */
/* Measures that a plugin takes and the host shows to who monitors it (GET /metrics).
 *
 * A series is a metric of one name and one set of labels. The plugin acquires it when it is created
 * or binds a route, updates it while it serves, and releases it at unbind or destroy; what it still
 * holds after destroy() the host releases. While somebody holds a series it is shown.
 *
 * The same name and labels again give the same series, with the count it has reached: a counter
 * does not fall back when a plugin is loaded anew or a route is bound again. A series belongs to
 * the plugin of that name in routes.yaml; another plugin that wants it is refused. One library may
 * be loaded under several names, so a plugin for others to use puts ph_host.name into a label.
 *
 * Values are integers of the plugin's own unit, so that an update is one atomic instruction;
 * ph_metric_desc.divisor makes of them what is shown. Overflow wraps around. */
#ifndef PLUGHOST_ABI_METRICS_H
#define PLUGHOST_ABI_METRICS_H

#include "base.h"
#include "host.h"

/* The id by which get_extension() gives a ph_metrics_api; NULL where nobody can read metrics
 * (`admin: none`). */
#define PH_METRICS_1 "ph.metrics/1"

typedef struct ph_metric ph_metric; /* the host's own: one series */

enum {
  PH_METRIC_COUNTER = 1,  /* only grows */
  PH_METRIC_GAUGE = 2,    /* goes up and down */
  PH_METRIC_HISTOGRAM = 3 /* how many observations were how large */
};

/* Borrowed for the call. Names are those of the Prometheus data model: a metric's is
 * [a-zA-Z_:][a-zA-Z0-9_:]*, a label's [a-zA-Z_][a-zA-Z0-9_]* without "__" in front. */
typedef struct ph_metric_desc {
  uint32_t size;
  uint32_t kind; /* PH_METRIC_* */
  ph_str name;   /* in base units: "jobs_total", "job_duration_seconds"; a counter ends in _total */
  ph_str help;   /* UTF-8, one line, one sentence */

  /* Values are UTF-8. Series of one name have the same label names in the same order, and the same
   * kind, divisor and bounds. At most 8. */
  const ph_header *labels;
  size_t n_labels;

  /* What is shown is the value divided by this: 1000000000 for seconds that were measured in
   * nanoseconds. 0 is 1. */
  uint64_t divisor;

  /* A histogram's buckets: their inclusive upper bounds, ascending, 1 to 32, in the plugin's unit.
   * What is larger is counted in a last one that is not named here. */
  const uint64_t *bounds;
  size_t n_bounds;
} ph_metric_desc;

/* Appended to only. From get_extension(host, PH_METRICS_1); valid as long as the host is. */
typedef struct ph_metrics_api {
  uint32_t size;
  uint32_t reserved;

  /* [any] In create() too; takes a lock, so not for each request. PH_E_INVALID: a name, label or
   * bound breaks its rules, or what is there under this name is of another kind or another
   * plugin's; PH_E_BUSY: the host has as many series as it takes (10000). err->msg says which;
   * *out is then NULL. */
  ph_status (*acquire)(const ph_host *, const ph_metric_desc *, ph_metric **out,
                       ph_error *err) PH_NOEXCEPT;
  /* [any] As often as it was acquired; takes a lock. Updates that come too late are lost, and
   * harmless. */
  void (*release)(const ph_host *, ph_metric *) PH_NOEXCEPT;

  /* Updates: wait-free and without a system call. NULL, and a metric of another kind, are ignored:
   * a plugin that was refused a metric goes on without it. */

  /* [any] Of a counter or a gauge. A counter ignores what is negative. */
  void (*add)(ph_metric *, int64_t amount) PH_NOEXCEPT;
  /* [any] Of a gauge. */
  void (*set)(ph_metric *, int64_t value) PH_NOEXCEPT;
  /* [any] Of a histogram. */
  void (*observe)(ph_metric *, uint64_t value) PH_NOEXCEPT;
} ph_metrics_api;

#endif
