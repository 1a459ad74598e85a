/* SPDX-License-Identifier: Apache-2.0 */
/* How a plugin answers a request.
 *
 * A handle() that returned PH_OK owes exactly one terminal call: respond, finish, abort,
 * respond_file or upgrade, from any thread, possibly made before handle() returned. A terminal
 * call counts if it returns PH_OK or PH_E_CANCELLED; it ends the borrow of the head and body views.
 * After any other status but PH_E_STALE the answer is still owed.
 *
 * Deadline: if neither start nor a terminal call was made by then, the host answers 504 itself and
 * fires on_cancel. Disconnect: the host only fires on_cancel. Either way the terminal call is still
 * owed; it then returns PH_E_CANCELLED. */
#ifndef PLUGHOST_ABI_HTTP_H
#define PLUGHOST_ABI_HTTP_H

#include "base.h"
#include "request.h"

typedef struct ph_host ph_host;

typedef void (*ph_notify_fn)(void *ctx, ph_req r) PH_NOEXCEPT; /* [notify] */

/* Passed by value, frozen. The host never runs fn from inside a plugin's own call. release(ctx)
 * runs exactly once; fn never runs after it. So nobody waits for a callback in flight, and no call
 * that takes one can deadlock. release may be NULL. */
typedef struct ph_notify {
  ph_notify_fn fn;
  ph_release_fn release;
  void *ctx;
} ph_notify;

/* A whole answer. Headers are copied before respond returns.
 *
 * The host writes Date, Content-Length and the connection's own fields. A header that would break
 * framing (Transfer-Encoding, a Content-Length that is not body.len, CR, LF or NUL anywhere) makes
 * respond return PH_E_INVALID. `Connection: close` is honoured; other connection options are
 * refused the same way. */
typedef struct ph_response {
  uint32_t size;
  uint32_t status; /* 200 to 599 */
  const ph_header *headers;
  size_t n_headers;
  ph_buf body;
  ph_release_fn release; /* NULL: the host copies body before respond returns */
  void *release_ctx;
} ph_response;

/* Appended to only; a plugin tests PH_HAS before it calls a member newer than its own minor.
 * Members marked (later) answer PH_E_UNSUPPORTED in minor 0. */
typedef struct ph_http_api {
  uint32_t size;
  uint32_t reserved;

  /* [any] terminal. Answers with a whole response. PH_E_INVALID: bad status or header, the answer
   * is still owed. PH_E_STATE after start. */
  ph_status (*respond)(const ph_host *, ph_req, const ph_response *) PH_NOEXCEPT;

  /* [any] terminal (later). Ends a streamed response. PH_E_STATE before start. */
  ph_status (*finish)(const ph_host *, ph_req, const ph_header *trailers, size_t n) PH_NOEXCEPT;

  /* [any] terminal. Gives up: before start the client gets 500, after it a truncated stream that
   * looks truncated. reason goes to the log. */
  ph_status (*abort)(const ph_host *, ph_req, ph_str reason) PH_NOEXCEPT;

  /* [any] terminal (later). Answers with len bytes of fd from offset. */
  ph_status (*respond_file)(const ph_host *, ph_req, const ph_response *head, int32_t fd,
                            uint64_t offset, uint64_t len, ph_release_fn, void *ctx) PH_NOEXCEPT;

  /* [any] terminal (later). Hands the connection over to a protocol such as "ph.websocket/1". */
  ph_status (*upgrade)(const ph_host *, ph_req, ph_str protocol_id,
                       const void *callbacks) PH_NOEXCEPT;

  /* [any] (later) Streaming: start, then write as often as needed, then finish or abort. One
   * writer at a time for each request. A Content-Length given to start is enforced. */
  ph_status (*start)(const ph_host *, ph_req, uint32_t status, const ph_header *,
                     size_t n) PH_NOEXCEPT;
  /* [any] (later) PH_OK, or PH_BACKPRESSURE: accepted, now wait. */
  ph_status (*write)(const ph_host *, ph_req, ph_buf, ph_release_fn, void *ctx) PH_NOEXCEPT;
  /* [any] (later) One-shot. */
  ph_status (*on_writable)(const ph_host *, ph_req, ph_notify) PH_NOEXCEPT;

  /* [any] (later) Handlers flagged PH_HF_STREAM_BODY only. PH_OK with len 0 is the end,
   * PH_PENDING: wait for on_body. The view lives until the next read_body or the terminal call. */
  ph_status (*read_body)(const ph_host *, ph_req, size_t max, ph_buf *out) PH_NOEXCEPT;
  /* [any] (later) One-shot. */
  ph_status (*on_body)(const ph_host *, ph_req, ph_notify) PH_NOEXCEPT;

  /* [any] Wait-free. Non-zero once the deadline passed or the client left. */
  uint32_t (*is_cancelled)(const ph_host *, ph_req) PH_NOEXCEPT;

  /* [any] One-shot, at most once a request (PH_E_STATE on the second). PH_E_CANCELLED: already
   * cancelled, fn will not run. fn may still be running when a terminal call returns: ctx lives
   * until release. */
  ph_status (*on_cancel)(const ph_host *, ph_req, ph_notify) PH_NOEXCEPT;
} ph_http_api;

#endif
