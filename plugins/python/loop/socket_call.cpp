#include "loop/socket_call.hpp"

#include <string>
#include <utility>

#include "core/views.hpp"
#include "loop/app_event.hpp"
#include "loop/call.hpp"
#include "loop/event_loop.hpp"
#include "loop/ready.hpp"
#include "loop/socket_handshake.hpp"

namespace plughost::python::loop {
namespace {

using Phase = SocketState::Phase;

CallState& state_of(PyObject* self) { return *reinterpret_cast<CallObject*>(self)->state; }

PyObject* done() { return ready_none().release(); }

bool is_gone(const CallState& state) {
  if (state.over || is_upgraded(state)) return state.over;
  const ph_host* host = state.loop.host();
  return host->http->is_cancelled(host, state.job.token) != 0;
}

PyObject* message_event(const SocketInbox::Message& message) {
  const auto size = static_cast<Py_ssize_t>(message.bytes.size());
  PyObject* const value = message.is_text
                              ? PyUnicode_DecodeUTF8(message.bytes.data(), size, nullptr)
                              : PyBytes_FromStringAndSize(message.bytes.data(), size);
  return Py_BuildValue("{sssN}", "type", "websocket.receive", message.is_text ? "text" : "bytes",
                       value);
}

PyObject* disconnect_event(const SocketState& socket) {
  const auto told = socket.inbox ? socket.inbox->end() : std::nullopt;
  const auto end = told.value_or(SocketInbox::End());
  return Py_BuildValue("{sssIss#}", "type", "websocket.disconnect", "code", end.code, "reason",
                       end.reason.data(), static_cast<Py_ssize_t>(end.reason.size()));
}

/// Empty: there is none yet, or a Python error is set.
PyRef next_event(CallState& state) {
  SocketState& socket = *state.socket;
  if (!std::exchange(socket.connect_received, true)) {
    return PyRef::steal(Py_BuildValue("{ss}", "type", "websocket.connect"));
  }
  if (const auto message = socket.inbox ? socket.inbox->take() : std::nullopt) {
    state.gone_since_ns = 0;  // it still has something to do
    return PyRef::steal(message_event(*message));
  }
  return PyRef::steal(is_gone(state) ? disconnect_event(socket) : nullptr);
}

PyObject* next_event_method(PyObject* self, PyObject*) {
  CallState& state = state_of(self);
  PyRef event = next_event(state);
  if (event) return make_ready(std::move(event)).release();
  if (PyErr_Occurred() != nullptr) return nullptr;
  return state.socket->arrivals.add(state.loop).release();
}

PyObject* send_message(CallState& state, PyObject* event) {
  PyObject* bytes = PyDict_GetItemString(event, "bytes");
  PyObject* text = PyDict_GetItemString(event, "text");
  PyRef message;
  if (bytes != nullptr && PyObject_CheckBuffer(bytes) != 0) {
    message = PyRef::steal(PyBytes_FromObject(bytes));
    if (!message) return nullptr;
  } else if ((bytes == nullptr || bytes == Py_None) && text != nullptr && PyUnicode_Check(text)) {
    message = PyRef::borrow(text);
  } else {
    PyErr_SetString(PyExc_TypeError,
                    "websocket.send takes either 'bytes', which are bytes, or 'text', a str");
    return nullptr;
  }
  return state.socket->output->send(std::move(message)).release();
}

PyObject* close(CallState& state, PyObject* event) {
  SocketState& socket = *state.socket;
  if (socket.phase == Phase::connecting) return refuse_socket(state);
  if (state.over) {
    socket.phase = Phase::closed;
    return done();
  }
  PyObject* code = PyDict_GetItemString(event, "code");
  const bool has_code = code != nullptr && code != Py_None;
  const long number = has_code ? PyLong_AsLong(code) : long{PH_WS_NORMAL};
  std::string reason;
  if (PyErr_Occurred() != nullptr || !read_text(event, "reason", reason)) return nullptr;
  const auto narrow = static_cast<std::uint16_t>(number);
  const ph_status status =
      socket.api.close(state.loop.host(), state.job.token, narrow == number ? narrow : 0,
                       {reason.data(), reason.size()});
  if (status == PH_E_INVALID) {
    PyErr_Format(PyExc_ValueError,
                 "websocket.close: %ld may not be sent as a code, or the reason is longer than "
                 "123 bytes",
                 number);
    return nullptr;
  }
  socket.phase = Phase::closed;
  return done();
}

const char* expected(Phase phase) {
  switch (phase) {
    case Phase::connecting:
      return "'websocket.accept', 'websocket.close' or 'websocket.http.response.start'";
    case Phase::refusing:
      return "'websocket.http.response.body'";
    case Phase::open:
      return "'websocket.send' or 'websocket.close'";
    case Phase::closed:
      break;
  }
  return "none, for the application has closed the connection";
}

PyObject* send(PyObject* self, PyObject* event) {
  static constexpr std::string_view kRefusal = "websocket.http.";
  static constexpr std::string_view kPrefix = "websocket.";
  CallState& state = state_of(self);
  const Phase phase = state.socket->phase;
  const char* type = event_type(event);
  if (type == nullptr) return nullptr;
  const std::string_view message = type;
  if (phase == Phase::connecting || phase == Phase::refusing) {
    if (message.substr(0, kRefusal.size()) == kRefusal) {
      return send_refusal(state, event, message.substr(kPrefix.size()));
    }
  }
  if (message == "websocket.accept" && phase == Phase::connecting) {
    return accept_socket(state, event);
  }
  if (message == "websocket.send" && phase == Phase::open) return send_message(state, event);
  if (message == "websocket.close" && (phase == Phase::connecting || phase == Phase::open)) {
    return close(state, event);
  }
  return refuse_event(expected(phase), message);
}

}  // namespace

PyMethodDef kSocketMethods[] = {{"send", send, METH_O, nullptr},
                                {"next_event", next_event_method, METH_NOARGS, nullptr},
                                {nullptr, nullptr, 0, nullptr}};

void finish_socket(CallObject& call) {
  if (!is_upgraded(*call.state)) return finish_app(call);
  close_socket(*call.state, PH_WS_NORMAL);
  leave_app(*call.state);
}

bool is_upgraded(const CallState& state) { return state.socket && state.socket->inbox; }

void hear_socket(CallObject& call) {
  CallState& state = *call.state;
  if (!is_upgraded(state)) return;
  SocketState& socket = *state.socket;
  const PyRef held = socket.self;
  if (socket.inbox->take_writable()) socket.output->resume();
  socket.arrivals.wake();
  if (state.over || !socket.inbox->end()) return;
  end_call(state);
  socket.self = PyRef();
  cancel(call);
}

void close_socket(CallState& state, std::uint32_t code) {
  SocketState& socket = *state.socket;
  if (std::exchange(socket.phase, Phase::closed) == Phase::closed) return;
  socket.api.close(state.loop.host(), state.job.token, code, {});
}

void disconnect_socket(CallState& state) {
  SocketState& socket = *state.socket;
  if (socket.output) socket.output->end();
  socket.arrivals.wake();
}

}  // namespace plughost::python::loop
