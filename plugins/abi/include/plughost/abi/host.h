/* SPDX-License-Identifier: Apache-2.0 */
/* What the host offers a plugin. */
#ifndef PLUGHOST_ABI_HOST_H
#define PLUGHOST_ABI_HOST_H

#include "base.h"
#include "http.h"
#include "request.h"

/* One for each plugin instance; valid from create() until destroy() has returned. */
struct ph_host {
  uint32_t size;
  uint16_t abi_major;
  uint16_t abi_minor;
  void *impl;         /* the host's own */
  ph_str name;        /* the plugin's name in routes.yaml */
  ph_str version;     /* of the host */
  ph_str instance_id; /* unique for each loaded generation */
  const ph_http_api *http;

  /* [any] One line of the host's log. The token adds the request's id; 0: none. */
  void (*log)(const ph_host *, ph_req or_zero, int32_t level, ph_str msg) PH_NOEXCEPT;
  /* [any] Non-zero when a line of this level would be kept. */
  uint32_t (*log_enabled)(const ph_host *, int32_t level) PH_NOEXCEPT;
  /* [any] An optional service by id ("ph.metrics/1"); NULL if this host has none of that name. */
  const void *(*get_extension)(const ph_host *, const char *id) PH_NOEXCEPT;
  /* [any] The answer to a drain() that returned PH_PENDING. */
  void (*drained)(const ph_host *) PH_NOEXCEPT;
  /* [any] "Take me out of rotation": from now on this plugin's routes answer 503. */
  void (*fault)(const ph_host *, ph_str why) PH_NOEXCEPT;
};

#define PH_STOPPING_1 "ph.stopping/1"

/* The extension PH_STOPPING_1: tells on_cancel of a stop from a client that has left. */
typedef struct ph_stopping_api {
  uint32_t size;
  uint32_t reserved;
  /* [any] Non-zero once the server is told to stop: answers that have begun may still be finished
   * within half of shutdown.timeout. */
  uint32_t (*is_stopping)(const ph_host *) PH_NOEXCEPT;
} ph_stopping_api;

#define PH_ANSWER_BATCH_1 "ph.answer_batch/1"

/* The extension PH_ANSWER_BATCH_1, for a thread that is about to make calls of ph_http_api for many
 * requests one after another. An I/O thread that would have to take the core of that thread is told
 * of them together, at end() or two milliseconds after the first at the latest; one that has a core
 * of its own is told at once. */
typedef struct ph_answer_batch_api {
  uint32_t size;
  uint32_t reserved;
  /* [any] For what this thread does until end(). Batches do not nest. */
  void (*begin)(const ph_host *) PH_NOEXCEPT;
  /* [any] On the thread that called begin(); without it, nothing. */
  void (*end)(const ph_host *) PH_NOEXCEPT;
} ph_answer_batch_api;

#endif
