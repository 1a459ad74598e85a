#pragma once

#include <plughost/abi/websocket.h>

namespace plughost::plugin {

/// What get_extension gives for PH_WEBSOCKET_1; see plughost/abi/websocket.h.
const ph_websocket_api& websocket_services();

/// ph_http_api.upgrade.
ph_status upgrade(const ph_host* host, ph_req token, ph_str protocol,
                  const void* callbacks) noexcept;

}  // namespace plughost::plugin
