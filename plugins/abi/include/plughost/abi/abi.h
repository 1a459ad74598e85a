/* SPDX-License-Identifier: Apache-2.0 */
/* The whole plughost plugin ABI, major 1. Start reading at base.h. */
#ifndef PLUGHOST_ABI_H
#define PLUGHOST_ABI_H

#include "base.h"
#include "host.h"
#include "http.h"
#include "metrics.h"
#include "plugin.h"
#include "request.h"
#include "routes.h"
#include "websocket.h"

#endif
