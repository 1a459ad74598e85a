#pragma once

#include <plughost/abi/abi.h>

#include <string_view>

#include "core/py_ref.hpp"

namespace plughost::python::loop {

struct CallState;

// How a request becomes a WebSocket connection of an ASGI application, or does not.
// Threads: the loop's, GIL held.

/// Null: the host has no WebSocket, or none that can be held back.
const ph_websocket_api* find_websocket_api(const ph_host* host);
/// Whether the request shall be a `websocket` scope. Rationale: the host judges the rest of the
/// handshake once the application accepts it.
bool asks_for_websocket(const ph_req_head& head);

// What send() gives for the messages that are allowed before the connection is open.

/// websocket.accept
PyObject* accept_socket(CallState& state, PyObject* event);
/// websocket.close
PyObject* refuse_socket(CallState& state);
/// websocket.http.response.start and .body; type: that of the same message for HTTP.
PyObject* send_refusal(CallState& state, PyObject* event, std::string_view type);

}  // namespace plughost::python::loop
