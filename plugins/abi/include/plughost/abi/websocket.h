/* SPDX-License-Identifier: Apache-2.0 */
/* A request that becomes a WebSocket connection (RFC 6455, with permessage-deflate of RFC 7692).
 *
 * handle() calls http->upgrade(host, req, PH_WEBSOCKET_1, &callbacks), a ph_websocket_callbacks:
 *   PH_OK            terminal. The client gets its 101, then on_open runs.
 *   PH_E_CANCELLED   terminal. The client is gone, got its 504, or asked for the protocol in a
 *                    wrong way and got its 400 or 426 from the host.
 *   PH_E_STATE       The request does not ask for WebSocket, or start was called. The answer is
 *                    still owed; 426 is the one that fits, and the host adds its Upgrade field.
 *   PH_E_INVALID     The callbacks, subprotocol or a header break their rules; the answer is still
 *                    owed.
 *   PH_E_UNSUPPORTED This host has no such protocol; the answer is still owed.
 *
 * The token stays the name of the connection: what was a ph_req is a ph_websocket from PH_OK until
 * on_close has returned. Calls of ph_http_api answer PH_E_STALE for it.
 *
 * Callbacks of one connection come one at a time and in this order: on_open; on_message and
 * on_writable as often as there is reason; on_close; release. They run on the threads of the
 * route's handler: an I/O thread if it is flagged PH_HF_NONBLOCKING, else executor threads, not
 * always the same one. Those of different connections overlap, unless the plugin is flagged
 * PH_PF_SERIAL. If the client leaves before its 101 was written only release runs.
 *
 * The host joins fragments, checks UTF-8, unpacks what is compressed, answers pings and the closing
 * handshake, and stops reading while the plugin is behind or the client does not read. */
#ifndef PLUGHOST_ABI_WEBSOCKET_H
#define PLUGHOST_ABI_WEBSOCKET_H

#include "base.h"
#include "http.h"
#include "request.h"

/* The protocol for upgrade(), and the id by which get_extension() gives a ph_websocket_api. */
#define PH_WEBSOCKET_1 "ph.websocket/1"

/* The token of the request that was upgraded. A stale, late or doubled use is answered PH_E_STALE
 * and never reaches another connection. */
typedef uint64_t ph_websocket;

enum { PH_WS_TEXT = 1, PH_WS_BINARY = 2 };

/* Codes of RFC 6455 section 7.4.1 that a plugin meets; 3000 to 4999 are applications' own. */
enum {
  PH_WS_NORMAL = 1000,
  PH_WS_GOING_AWAY = 1001,       /* the client leaves the page; the host stops */
  PH_WS_PROTOCOL_ERROR = 1002,   /* the client broke the protocol */
  PH_WS_NO_STATUS = 1005,        /* on_close only: the client closed without a code */
  PH_WS_ABNORMAL = 1006,         /* on_close only: the client vanished without closing */
  PH_WS_BAD_PAYLOAD = 1007,      /* text that is not UTF-8, or damaged compression */
  PH_WS_POLICY_VIOLATION = 1008,
  PH_WS_TOO_BIG = 1009,          /* a message beyond max_message */
  PH_WS_INTERNAL_ERROR = 1011,
  PH_WS_TRY_AGAIN_LATER = 1013
};

/* What upgrade() takes. Read before upgrade() returns, but for ctx and the functions. */
typedef struct ph_websocket_callbacks {
  uint32_t size;
  uint32_t reserved;
  void *ctx;

  ph_str subprotocol;        /* one that Sec-WebSocket-Protocol of the request names; empty: none */
  const ph_header *headers;  /* more of the 101 answer (Set-Cookie, say); copied, and checked as
                                respond() does; none named Sec-WebSocket-* */
  size_t n_headers;
  uint64_t max_message;      /* bytes; 0, or more than limits.websocket_message: that limit */

  /* [worker & (started|draining)] Optional. From here on the plugin may send; it also may right
   * after upgrade() returned PH_OK. */
  void (*on_open)(void *ctx, ph_websocket) PH_NOEXCEPT;
  /* [worker & (started|draining)] A whole message, kind PH_WS_TEXT (valid UTF-8) or PH_WS_BINARY.
   * The bytes live until it returns. */
  void (*on_message)(void *ctx, ph_websocket, uint32_t kind, ph_buf message) PH_NOEXCEPT;
  /* [worker & (started|draining)] Optional. Once after a send answered PH_BACKPRESSURE or
   * PH_E_BUSY: there is room. */
  void (*on_writable)(void *ctx, ph_websocket) PH_NOEXCEPT;
  /* [worker & (started|draining)] Optional. The last one: nothing follows but release. code and
   * reason are the client's if it closed first, else why the host or the plugin closed. reason
   * lives until it returns. */
  void (*on_close)(void *ctx, ph_websocket, uint32_t code, ph_str reason) PH_NOEXCEPT;
  /* [any] Exactly once, whatever upgrade() returned for this protocol: see ph_release_fn. May be
   * NULL. */
  ph_release_fn release;
} ph_websocket_callbacks;

/* Appended to only. From get_extension(host, PH_WEBSOCKET_1); valid as long as the host is. */
typedef struct ph_websocket_api {
  uint32_t size;
  uint32_t reserved;

  /* [any] One text message; PH_E_INVALID if it is not UTF-8. release as in ph_http_api.write: NULL
   * copies the bytes before send_text returns; else they are lent, and release runs exactly once,
   * whatever is returned. Messages of several threads are not mixed; each thread's keep their
   * order.
   *   PH_OK            It will be sent.
   *   PH_BACKPRESSURE  So will this one, but the client is behind: wait for on_writable.
   *   PH_E_BUSY        Nothing was taken: this plugin did not wait for on_writable.
   *   PH_E_CANCELLED   Nothing was taken: the connection is closing, or gone. */
  ph_status (*send_text)(const ph_host *, ph_websocket, ph_buf, ph_release_fn,
                         void *ctx) PH_NOEXCEPT;
  /* [any] One binary message; as send_text, but of any bytes. */
  ph_status (*send_binary)(const ph_host *, ph_websocket, ph_buf, ph_release_fn,
                           void *ctx) PH_NOEXCEPT;
  /* [any] At most 125 bytes, copied. The host takes the pong, and pings by itself when a client is
   * silent. */
  ph_status (*ping)(const ph_host *, ph_websocket, ph_buf payload) PH_NOEXCEPT;
  /* [any] Starts the closing handshake behind what was sent; on_close follows. code: 1000 to 1003,
   * 1007 to 1014, or 3000 to 4999; else PH_E_INVALID. reason: at most 123 bytes of UTF-8, copied.
   * PH_E_CANCELLED: it is closing already. */
  ph_status (*close)(const ph_host *, ph_websocket, uint32_t code, ph_str reason) PH_NOEXCEPT;

  /* [any] No on_message until resume_reading: for a plugin whose own queue of messages is full.
   * Called in on_message it holds for the next one already; else one more may be on its way. The
   * host keeps some messages itself and then stops reading, so that the client is held back. The
   * end of the connection ends it too: what was read is told before on_close. */
  ph_status (*pause_reading)(const ph_host *, ph_websocket) PH_NOEXCEPT;
  /* [any] */
  ph_status (*resume_reading)(const ph_host *, ph_websocket) PH_NOEXCEPT;
} ph_websocket_api;

#endif
