/* SPDX-License-Identifier: Apache-2.0 */
/* Vocabulary of the plughost plugin ABI, major 1: the words every other header uses.
 *
 * Thread tags (every function pointer carries exactly one)
 *   [control]  this plugin instance's own control thread, the same one for its whole life; its
 *              calls never overlap, and each has a time limit (plugin_timeout in routes.yaml)
 *   [worker]   a host executor thread, or an I/O thread for a handler flagged PH_HF_NONBLOCKING;
 *              calls for one plugin may overlap unless the plugin is flagged PH_PF_SERIAL
 *   [any]      any thread, plugin-created ones included, concurrently; never blocks
 *   [notify]   a thread the host chooses; must return quickly, must not block, must not call a
 *              [control] function
 * State tags   & created  & started  & draining, as in "[control & started]"
 *
 * Ownership    ph_str and ph_buf are borrowed views and not NUL-terminated. Nothing allocated on
 *              one side is ever freed by the other side.
 * Extension    Every struct passed by pointer starts with `uint32_t size`. Fields are only ever
 *              appended; a reader tests PH_HAS(p, field) before it uses one. Structs that are
 *              elements of an array are frozen.
 * Enumerations int32_t or uint32_t, never a C enum type. A receiver tolerates values it does not
 *              know.
 * Exceptions   No C++ exception, panic or longjmp may cross. The C++ SDK guards against them.
 */
#ifndef PLUGHOST_ABI_BASE_H
#define PLUGHOST_ABI_BASE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define PH_NOEXCEPT noexcept
#else
#define PH_NOEXCEPT
#endif

/* A plugin built for major M loads only into a host of major M. A plugin built with a newer minor
 * than the host's loads unless it says so itself in ph_entry.min_host_minor. */
#define PH_ABI_MAJOR 1u
#define PH_ABI_MINOR 2u

#define PH_EXPORT __attribute__((visibility("default")))

/* True when the struct at p, as long as its writer said it is, contains field f. */
#define PH_HAS(p, f) ((p)->size >= offsetof(__typeof__(*(p)), f) + sizeof((p)->f))

/* Borrowed text (bytes; UTF-8 where a field says so) and borrowed bytes. Frozen. */
typedef struct ph_str {
  const char *ptr;
  size_t len;
} ph_str;

typedef struct ph_buf {
  const void *ptr;
  size_t len;
} ph_buf;

/* One header line or one path parameter. Frozen. */
typedef struct ph_header {
  ph_str name;
  ph_str value;
} ph_header;

/* Zero is success, positive values are success with a condition, negative values are errors. */
typedef int32_t ph_status;
enum {
  PH_OK = 0,
  PH_PENDING = 1,      /* not yet; the matching notification follows */
  PH_BACKPRESSURE = 2, /* accepted, now wait for on_writable */
  PH_END = 3,          /* there is no more */
  PH_E_INVALID = -1,   /* an argument breaks its rules; nothing happened */
  PH_E_UNSUPPORTED = -2,
  PH_E_NOMEM = -3,
  PH_E_BUSY = -4,      /* no room now; a later try may succeed */
  PH_E_CANCELLED = -5, /* the client got its answer from the host, or is gone */
  PH_E_STALE = -6,     /* this token no longer names a request */
  PH_E_STATE = -7,     /* not in this order */
  PH_E_THREAD = -8,    /* not on this thread */
  PH_E_CONFIG = -9,    /* the configuration is at fault; ph_error.key says where */
  PH_E_NEEDS_REPLACE = -10, /* reconfigure(): make a new instance instead */
  PH_E_UNAVAILABLE = -11,
  PH_E_INTERNAL = -12
};

/* Caller-allocated error slot: no allocator, no ownership, no thread-local.
 *
 * The caller zeroes it and sets size to its own sizeof. The callee changes neither size nor the
 * whole struct, and writes a field only if PH_HAS(err, field). */
typedef struct ph_error {
  uint32_t size;
  ph_status code;
  uint32_t http_status; /* handle() only: the status for the client; 0: by the return value */
  uint32_t reserved;
  char key[128]; /* NUL-terminated JSON pointer (RFC 6901) into the configuration; may be empty */
  char msg[368]; /* NUL-terminated UTF-8, one sentence for a person */
} ph_error;

/* Exactly once, [any], whatever the call that took it returned, possibly inside that very call.
 * Must not block, take an interpreter lock or call the host. */
typedef void (*ph_release_fn)(void *ctx) PH_NOEXCEPT;

enum { PH_LOG_DEBUG = 0, PH_LOG_INFO = 1, PH_LOG_WARN = 2, PH_LOG_ERROR = 3 };

#endif
