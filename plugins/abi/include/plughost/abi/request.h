/* SPDX-License-Identifier: Apache-2.0 */
/* A request as a plugin sees it. */
#ifndef PLUGHOST_ABI_REQUEST_H
#define PLUGHOST_ABI_REQUEST_H

#include "base.h"

/* Names one request: a slot and its generation. A stale, late or doubled use is answered
 * PH_E_STALE and never reaches another request. 0 is never valid. */
typedef uint64_t ph_req;

enum {
  PH_RF_TLS = 1u << 0,
  PH_RF_BODY_COMPLETE = 1u << 1 /* body holds all of it */
};

#define PH_CONTENT_LENGTH_UNKNOWN UINT64_MAX

/* Everything known when a handler is called.
 *
 * Ownership: the host's; valid until the terminal call of this request, even if the client was
 * answered by the host or is gone. */
typedef struct ph_req_head {
  uint32_t size;
  uint32_t flags;         /* PH_RF_* */
  ph_str method;          /* the client's: HEAD stays HEAD */
  ph_str http_version;    /* "1.0" or "1.1" */
  ph_str scheme;          /* "http" or "https" */
  ph_str host;            /* host[:port] as the client asked for it; may be empty (HTTP/1.0) */
  ph_str raw_target;      /* the request target as sent (RFC 9112 section 3.2) */
  ph_str raw_path;        /* its path, still percent-encoded */
  ph_str path;            /* percent-decoded once; may hold any byte but NUL */
  ph_str query;           /* raw, without '?' */
  ph_str mount;           /* the matched literal prefix of the pattern */
  ph_str route;           /* the pattern, as routes.yaml spells it */
  ph_str client_addr;     /* empty on a Unix socket */
  ph_str server_addr;
  uint32_t client_port;   /* 0 on a Unix socket */
  uint32_t server_port;
  const ph_header *headers; /* wire order, one entry a line, names lower-cased, values as bytes */
  size_t n_headers;
  const ph_header *params;  /* path parameters, percent-decoded, in the pattern's order */
  size_t n_params;
  ph_buf body;            /* complete; of a handler flagged PH_HF_STREAM_BODY only if flags has
                             PH_RF_BODY_COMPLETE, and then read_body gives the same bytes again */
  uint64_t content_length;  /* bytes; PH_CONTENT_LENGTH_UNKNOWN when the client did not say */
  uint64_t deadline_ns;   /* CLOCK_MONOTONIC; 0: none */
  ph_str request_id;      /* the client's X-Request-ID, or made by the host */
  ph_str traceparent;     /* W3C Trace Context, as sent; may be empty */
  uint64_t received_ns;   /* (1.2) CLOCK_MONOTONIC: when it was whole, or with PH_HF_STREAM_BODY
                             its head */
} ph_req_head;

#endif
