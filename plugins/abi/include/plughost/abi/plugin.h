/* SPDX-License-Identifier: Apache-2.0 */
/* What a plugin offers the host, and the order in which the host uses it.
 *
 * First start  create, table_begin, the routes it declares (routes.h), bind for each route,
 *              table_commit, start
 * Running      handle on [worker] threads; health on any. A reload is table_begin to table_commit
 *              again, of every route, while handle runs; later unbind of each route of the table
 *              before. One that is committed and not used, as another plugin refused, is unbound
 *              at once.
 * End          drain, wait for all terminal calls and releases, stop, unbind of every route,
 *              destroy. A plugin that never started gets table_abort or unbind, then destroy.
 *
 * A call that overruns its time limit before the host listens ends the start; one of a reload fails
 * it, and the next waits until the call has returned; in drain, stop or destroy the plugin is
 * abandoned and never touched again. */
#ifndef PLUGHOST_ABI_PLUGIN_H
#define PLUGHOST_ABI_PLUGIN_H

#include "base.h"
#include "host.h"
#include "request.h"

typedef struct ph_plugin ph_plugin;       /* defined by the plugin */
typedef struct ph_route_ctx ph_route_ctx; /* defined by the plugin, may be NULL */

enum {
  PH_PF_SERIAL = 1u << 0,     /* handle() calls of this plugin never overlap */
  PH_PF_UNLOADABLE = 1u << 1, /* leaves no thread behind after stop(); may be dlclosed */
  PH_PF_SINGLETON = 1u << 2   /* one generation in a process' life (an embedded runtime) */
};

enum {
  /* handle() returns at once and may run on an I/O thread. Not with PH_PF_SERIAL. */
  PH_HF_NONBLOCKING = 1u << 0,
  /* handle() is called before the body is there and pulls it with read_body. One that has come
   * together with its head, or an empty one, is in ph_req_head.body as well. */
  PH_HF_STREAM_BODY = 1u << 1
};

/* What bind() is told of one route. Borrowed: it and what it points to live for that call only. */
typedef struct ph_route {
  uint32_t size;
  uint32_t reserved;
  ph_str handler;     /* the rest of the route's `to` */
  ph_str config_json; /* the object of the route's own options */
  ph_str pattern;     /* as the configuration spells it; ph_req_head.route of its requests */
  ph_str mount;       /* the literal prefix; ph_req_head.mount of its requests */

  /* The names of the path parameters: those of ph_req_head.params, in the same order. */
  const ph_str *params;
  size_t n_params;

  /* As the configuration names them, in upper case; n_methods 0: ANY. GET takes HEAD too. */
  const ph_str *methods;
  size_t n_methods;
} ph_route;

/* Out-struct of bind(): zeroed by the host, which sets size; the plugin writes only fields for
 * which PH_HAS(out, field), never the whole struct, and never size. */
typedef struct ph_handler {
  uint32_t size;
  uint32_t flags; /* PH_HF_* */
  ph_route_ctx *ctx;

  /* [worker & started] PH_OK: the plugin owes exactly one terminal call (and may have made it
   * already). Anything else: nothing was taken, the host answers the client: PH_E_INVALID 400,
   * PH_E_BUSY and PH_E_UNAVAILABLE 503 with Retry-After, PH_E_UNSUPPORTED 501, any other 500;
   * err->http_status overrides, and a 4xx of it carries err->msg to the client. */
  ph_status (*handle)(ph_route_ctx *, ph_req, const ph_req_head *, ph_error *err) PH_NOEXCEPT;
} ph_handler;

typedef struct ph_plugin_api {
  uint32_t size;
  uint32_t reserved;

  /* [control & (created|started)] Makes a handler for one route. A bad name or option is refused
   * here, with err->key naming the option, and so never fails a request. May run while handle()
   * runs. */
  ph_status (*bind)(ph_plugin *, const ph_route *, ph_handler *out, ph_error *err) PH_NOEXCEPT;
  /* [control & !destroyed] After the last terminal call and the last release of that route. */
  void (*unbind)(ph_plugin *, ph_route_ctx *) PH_NOEXCEPT;

  /* [control & (created|started)] Optional, all three or none: they bracket the binds of one route
   * table. Between begin and commit nothing that the plugin serves changes. Binds made since
   * table_begin are taken back by table_abort and get no unbind. */
  ph_status (*table_begin)(ph_plugin *, uint64_t epoch, ph_error *err) PH_NOEXCEPT;
  ph_status (*table_commit)(ph_plugin *, uint64_t epoch, ph_error *err) PH_NOEXCEPT;
  void (*table_abort)(ph_plugin *, uint64_t epoch) PH_NOEXCEPT;

  /* [control & created] May start threads. */
  ph_status (*start)(ph_plugin *, ph_error *err) PH_NOEXCEPT;
  /* [control & started] Optional. PH_E_NEEDS_REPLACE: make a new instance. */
  ph_status (*reconfigure)(ph_plugin *, ph_str cfg_json, ph_error *err) PH_NOEXCEPT;
  /* [any & started] Optional. Within 100 ms, taking no lock that a handler may hold. */
  ph_status (*health)(ph_plugin *, ph_error *err) PH_NOEXCEPT;
  /* [control & started] Optional. No new request follows. PH_OK, or PH_PENDING and later
   * host->drained. deadline_ns: CLOCK_MONOTONIC; 0: at once. */
  ph_status (*drain)(ph_plugin *, uint64_t deadline_ns) PH_NOEXCEPT;
  /* [control & draining] On return no thread of the plugin calls the host or reads its memory. */
  void (*stop)(ph_plugin *) PH_NOEXCEPT;
  /* [control & !started] */
  void (*destroy)(ph_plugin *) PH_NOEXCEPT;
  /* [any] Optional. What this plugin can beyond this table, by id (PH_ROUTES_1); NULL if it has
   * none of that name. */
  const void *(*get_extension)(ph_plugin *, const char *id) PH_NOEXCEPT;
} ph_plugin_api;

/* Static storage, never changed after ph_plugin_entry_v1 returned it. */
typedef struct ph_entry {
  uint32_t size;
  uint16_t abi_major; /* PH_ABI_MAJOR and PH_ABI_MINOR of the headers it was built with */
  uint16_t abi_minor;
  uint32_t min_host_minor; /* refused by an older host */
  uint32_t flags;          /* PH_PF_* */
  const char *id;          /* NUL-terminated, static, as are the next three */
  const char *version;
  const char *description;
  const char *sdk;
  const char *config_schema_json; /* JSON Schema of `config:`; may be NULL */
  const ph_plugin_api *api;

  /* [control] Stores host; calls nothing of it but log, get_extension and the acquire of
   * PH_METRICS_1. cfg_json is an object. */
  ph_status (*create)(const ph_host *host, ph_str cfg_json, ph_plugin **out,
                      ph_error *err) PH_NOEXCEPT;
} ph_entry;

/* [any] The one exported symbol; the major is part of its name. Cheap, no side effects, no threads,
 * no exception. */
typedef const ph_entry *(*ph_entry_fn)(void);
#define PH_ENTRY_SYMBOL "ph_plugin_entry_v1"

#ifdef __cplusplus
extern "C"
#endif
PH_EXPORT const ph_entry *ph_plugin_entry_v1(void);

#endif
