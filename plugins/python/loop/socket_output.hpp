#pragma once

#include <plughost/abi/abi.h>

#include <deque>

#include "core/py_ref.hpp"

namespace plughost::python::loop {

class EventLoop;

/// Sends the messages of one WebSocket connection, in order and as fast as the client takes them.
///
/// Owner:   the connection's call. Threads: the loop's, GIL held, destruction included.
/// Limits:  it keeps one message for each send() whose task has not been cancelled meanwhile.
class SocketOutput final {
 public:
  SocketOutput(EventLoop& loop, const ph_websocket_api& api, ph_websocket token);

  /// message: a str or bytes. An awaitable, done once the next message may follow. Empty: a Python
  /// error is set.
  PyRef send(PyRef message);
  /// The client takes bytes again.
  void resume();
  /// It takes none any more: who waits is told so.
  void end();

 private:
  enum class Sent { ok, behind, later, gone, refused };

  struct Waiting {
    PyRef message;  // empty: it was sent
    PyRef future;
  };

  Sent put(PyObject* message);
  PyRef wait(PyRef message);

  EventLoop& loop_;
  const ph_websocket_api& api_;
  const ph_websocket token_;
  std::deque<Waiting> waiting_;
  bool is_behind_ = false;
  bool has_ended_ = false;
};

/// Sets the Python error of a send() to a client that has gone; nullptr.
PyObject* raise_disconnected();

}  // namespace plughost::python::loop
