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
 * owed; it then returns PH_E_CANCELLED.
 *
 * Streams: after start the route's deadline no longer exists; a client that takes nothing for
 * limits.write_timeout while bytes wait is cut off, an idle stream is not. When the host stops,
 * on_cancel fires at once for every started stream; it still goes out if it is finished soon, and
 * is truncated at half of shutdown.timeout. A truncated answer looks truncated to the client. */
#ifndef PLUGHOST_ABI_HTTP_H
#define PLUGHOST_ABI_HTTP_H

#include "base.h"
#include "request.h"

typedef struct ph_host ph_host;

typedef void (*ph_notify_fn)(void *ctx, ph_req r) PH_NOEXCEPT; /* [notify] */

/* Passed by value, frozen. The host never runs fn from inside a plugin's own call. release(ctx)
 * runs exactly once, whatever the call that took it returned; fn never runs after it. So nobody
 * waits for a callback in flight, and no call that takes one can deadlock. release may be NULL. */
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
 * Those marked (1.1) answer PH_E_UNSUPPORTED in minor 0, so a plugin that cannot do without them
 * sets ph_entry.min_host_minor. */
typedef struct ph_http_api {
  uint32_t size;
  uint32_t reserved;

  /* [any] terminal. Answers with a whole response. PH_E_INVALID: bad status or header, the answer
   * is still owed. PH_E_STATE after start. */
  ph_status (*respond)(const ph_host *, ph_req, const ph_response *) PH_NOEXCEPT;

  /* [any] terminal (1.1). Ends a streamed response. PH_E_STATE before start. PH_E_INVALID: a
   * trailer is not allowed (as a header, or in trailers, RFC 9110 section 6.5.1), the end is still
   * owed. Fewer bytes than the Content-Length that start was given: the client sees a truncated
   * answer, and the log says so. Trailers are sent if the response is chunked and the client's TE
   * takes them, else they are dropped. */
  ph_status (*finish)(const ph_host *, ph_req, const ph_header *trailers, size_t n) PH_NOEXCEPT;

  /* [any] terminal. Gives up: before start the client gets 500, after it what was written and then
   * a cut that looks truncated. reason goes to the log. */
  ph_status (*abort)(const ph_host *, ph_req, ph_str reason) PH_NOEXCEPT;

  /* [any] terminal (1.1). Answers with len bytes of the regular file fd from offset; they never
   * pass through the plugin or the host. head->body is empty, and head->release runs before the
   * call returns. fd stays the plugin's: it must stay open until release(ctx). PH_E_INVALID: bad
   * status, header or descriptor, or the file is shorter; the answer is still owed. A file that
   * shrinks later is a truncated answer and a line in the log. PH_E_STATE after start. */
  ph_status (*respond_file)(const ph_host *, ph_req, const ph_response *head, int32_t fd,
                            uint64_t offset, uint64_t len, ph_release_fn, void *ctx) PH_NOEXCEPT;

  /* [any] (1.1) terminal. Hands the connection over to a protocol: PH_WEBSOCKET_1, see websocket.h;
   * any other is PH_E_UNSUPPORTED, and callbacks are not looked at. */
  ph_status (*upgrade)(const ph_host *, ph_req, ph_str protocol_id,
                       const void *callbacks) PH_NOEXCEPT;

  /* [any] (1.1) Begins a streamed response: then write as often as needed, then finish or abort.
   * One writer at a time for each request. Headers as in ph_response, copied. A Content-Length is
   * kept to; without one the body is chunked, and for HTTP/1.0 it ends with the connection. For
   * HEAD, 204 and 304 what is written is accepted and dropped. PH_E_INVALID: bad status or header,
   * the answer is still owed. PH_E_STATE on the second. */
  ph_status (*start)(const ph_host *, ph_req, uint32_t status, const ph_header *,
                     size_t n) PH_NOEXCEPT;
  /* [any] (1.1) Never blocks. Bytes go out as soon as the client takes them. Without a release they
   * are copied before write returns, else lent until it runs. PH_OK, or PH_BACKPRESSURE: accepted,
   * but more than 256 KiB wait for the client: wait for on_writable. A plugin that does not wait
   * gets PH_E_BUSY, and nothing was taken, when 4 MiB would wait. PH_E_INVALID: more bytes than the
   * Content-Length; nothing was taken. PH_E_CANCELLED: the client is gone. PH_E_STATE before
   * start. */
  ph_status (*write)(const ph_host *, ph_req, ph_buf, ph_release_fn, void *ctx) PH_NOEXCEPT;
  /* [any] (1.1) One-shot, one at a time (else PH_E_STATE): runs once less than 64 KiB wait, which
   * may be at once, or once the client is gone. PH_E_CANCELLED: it is, fn will not run. */
  ph_status (*on_writable)(const ph_host *, ph_req, ph_notify) PH_NOEXCEPT;

  /* [any] (1.1) For handlers flagged PH_HF_STREAM_BODY, else PH_E_STATE. Never blocks. PH_OK: out
   * views 1 to max bytes of the body, or with len 0 its end. PH_PENDING: wait for on_body.
   * PH_E_CANCELLED: the rest will not come (the client is gone or too slow, sent nonsense or too
   * much); unless something was answered before, the host has answered. max is at least 1. The view
   * lives until the next read_body or the terminal call. The client's sending is held back while
   * the plugin does not read. One reader at a time. */
  ph_status (*read_body)(const ph_host *, ph_req, size_t max, ph_buf *out) PH_NOEXCEPT;
  /* [any] (1.1) One-shot, one at a time (else PH_E_STATE): runs once read_body has something new to
   * say, which may be at once. */
  ph_status (*on_body)(const ph_host *, ph_req, ph_notify) PH_NOEXCEPT;

  /* [any] Wait-free. Non-zero once the deadline passed or the client left. */
  uint32_t (*is_cancelled)(const ph_host *, ph_req) PH_NOEXCEPT;

  /* [any] One-shot, at most once a request (PH_E_STATE on the second). PH_E_CANCELLED: already
   * cancelled, fn will not run. fn may still be running when a terminal call returns: ctx lives
   * until release. */
  ph_status (*on_cancel)(const ph_host *, ph_req, ph_notify) PH_NOEXCEPT;
} ph_http_api;

#endif
