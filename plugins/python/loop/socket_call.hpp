#pragma once

#include <plughost/abi/abi.h>

#include <memory>

#include "core/py_ref.hpp"
#include "loop/socket_inbox.hpp"
#include "loop/socket_output.hpp"
#include "loop/waiters.hpp"

namespace plughost::python::loop {

struct CallObject;
struct CallState;

/// What a WebSocket connection of an ASGI application has come to.
struct SocketState {
  explicit SocketState(const ph_websocket_api& host_api) : api(host_api) {}

  enum class Phase {
    connecting,  ///< for the application to accept or to refuse
    refusing,    ///< by an answer of its own, which AppState is about
    open,
    closed,  ///< by the application
  };

  const ph_websocket_api& api;
  Phase phase = Phase::connecting;
  bool connect_received = false;
  std::shared_ptr<SocketInbox> inbox;  ///< once accepted, as all below
  std::unique_ptr<SocketOutput> output;
  PyRef self;        ///< its call: lives until the host has told of the end
  Waiters arrivals;  ///< until there is an event
};

/// The methods of plughost.SocketCall, those of kAppMethods; nullptr at the end.
extern PyMethodDef kSocketMethods[];

/// The application has returned.
void finish_socket(CallObject& call);
/// It was accepted.
bool is_upgraded(const CallState& state);
/// The host has told something.
void hear_socket(CallObject& call);
/// Starts the closing handshake, unless that has begun.
void close_socket(CallState& state, std::uint32_t code);
/// Nobody is at the other end any more: tells tasks that wait for it.
void disconnect_socket(CallState& state);

}  // namespace plughost::python::loop
