/* SPDX-License-Identifier: Apache-2.0 */
/* Routes that a plugin declares itself, beside those of the configuration.
 *
 * A plugin that has some answers get_extension(plugin, PH_ROUTES_1) with a ph_routes_api. For every
 * route table, at the start as for a reload, the host asks it between table_begin and the first
 * bind: index 0, 1, 2, ... until PH_END. It may declare others than the last time.
 *
 * A declared route is then bound and served as if the configuration had it. One that takes the same
 * requests as a route of the configuration, or of another plugin, is refused as ambiguous. Any
 * mistake refuses the table; the host asks on to the end, so that all of them are reported at once.
 * A host takes 10000 routes of one plugin at most. */
#ifndef PLUGHOST_ABI_ROUTES_H
#define PLUGHOST_ABI_ROUTES_H

#include "base.h"
#include "plugin.h"

#define PH_ROUTES_1 "ph.routes/1"

/* Out-struct of next(): zeroed by the host, which sets size; the plugin writes only fields for
 * which PH_HAS(out, field), never the whole struct, and never size. What it points to lives until
 * the next call of next(), or until bind(), table_commit() or table_abort(). */
typedef struct ph_offered_route {
  uint32_t size;
  uint32_t reserved;

  /* As the configuration names them, in upper case; n_methods 0: ANY. GET takes HEAD too. */
  const ph_str *methods;
  size_t n_methods;

  ph_str pattern;      /* "/users/{id:int}", or a host and a path, as the configuration spells it */
  ph_str handler;      /* what bind() will be told */
  ph_str options_json; /* an object of the options that a route of the configuration may have beside
                          `to`, the host's and the plugin's own; empty: none */
  ph_str origin;       /* UTF-8: where it is declared, "app.py:12"; messages name it. An error may
                          have one too. Empty: the plugin's place in the configuration */
} ph_offered_route;

/* Appended to only. Static storage, or valid as long as the plugin is. */
typedef struct ph_routes_api {
  uint32_t size;
  uint32_t reserved;

  /* [control & (created|started)] The route of that index.
   *   PH_OK   out is filled.
   *   PH_END  There are no more.
   *   else    This one is at fault; err->key, if it is not empty, names an option of the plugin's
   *           configuration. The host asks for the next one. */
  ph_status (*next)(ph_plugin *, size_t index, ph_offered_route *out, ph_error *err) PH_NOEXCEPT;
} ph_routes_api;

#endif
