#include "loop/socket_output.hpp"

#include <algorithm>

#include "core/failure.hpp"
#include "loop/call.hpp"
#include "loop/event_loop.hpp"
#include "loop/ready.hpp"

namespace plughost::python::loop {
namespace {

/// The future raises the Python error that is set.
void fail_future(const PyRef& future) {
  const PyRef error = take_error();
  const PyRef set =
      PyRef::steal(PyObject_CallMethod(future.get(), "set_exception", "O", error.get()));
  if (!set) PyErr_Clear();
}

}  // namespace

PyObject* raise_disconnected() {
  const PyRef module = PyRef::steal(PyImport_ImportModule("plughost._asgi"));
  const PyRef type =
      PyRef::steal(module ? PyObject_GetAttrString(module.get(), "ClientDisconnected") : nullptr);
  if (type) PyErr_SetString(type.get(), "the client has closed the WebSocket connection");
  return nullptr;
}

SocketOutput::SocketOutput(EventLoop& loop, const ph_websocket_api& api, ph_websocket token)
    : loop_(loop), api_(api), token_(token) {}

PyRef SocketOutput::send(PyRef message) {
  if (has_ended_) return PyRef::steal(raise_disconnected());
  if (is_behind_) return wait(std::move(message));
  switch (put(message.get())) {
    case Sent::ok:
      return ready_none();
    case Sent::behind:
      return wait({});
    case Sent::later:
      return wait(std::move(message));
    case Sent::gone:
      return PyRef::steal(raise_disconnected());
    case Sent::refused:
      break;
  }
  return {};
}

PyRef SocketOutput::wait(PyRef message) {
  const auto is_given_up = [](const Waiting& each) { return is_done(each.future); };
  waiting_.erase(std::remove_if(waiting_.begin(), waiting_.end(), is_given_up), waiting_.end());
  PyRef future = loop_.make_future();
  if (future) waiting_.push_back({std::move(message), future});
  return future;
}

void SocketOutput::resume() {
  is_behind_ = false;
  while (!waiting_.empty() && !is_behind_) {
    Waiting& next = waiting_.front();
    const Sent sent = next.message && !is_done(next.future) ? put(next.message.get()) : Sent::ok;
    if (sent == Sent::later) return;
    if (sent == Sent::behind) {
      next.message = PyRef();
      return;
    }
    if (sent == Sent::gone) raise_disconnected();
    if (sent == Sent::ok) {
      set_future(next.future, PyRef::borrow(Py_None));
    } else {
      fail_future(next.future);
    }
    waiting_.pop_front();
  }
}

void SocketOutput::end() {
  has_ended_ = true;
  std::deque<Waiting> waiting;
  waiting.swap(waiting_);
  for (const Waiting& each : waiting) {
    if (is_done(each.future)) continue;
    raise_disconnected();
    fail_future(each.future);
  }
}

/// refused: a Python error is set.
SocketOutput::Sent SocketOutput::put(PyObject* message) {
  const bool is_text = PyUnicode_Check(message);
  Py_ssize_t size = 0;
  const char* bytes =
      is_text ? PyUnicode_AsUTF8AndSize(message, &size) : PyBytes_AS_STRING(message);
  if (bytes == nullptr) return Sent::refused;
  if (!is_text) size = PyBytes_GET_SIZE(message);
  const ph_buf view{bytes, static_cast<std::size_t>(size)};
  const ph_status status =
      (is_text ? api_.send_text : api_.send_binary)(loop_.host(), token_, view, nullptr, nullptr);
  is_behind_ = status == PH_BACKPRESSURE || status == PH_E_BUSY;
  if (status == PH_OK) return Sent::ok;
  if (is_behind_) return status == PH_E_BUSY ? Sent::later : Sent::behind;
  return Sent::gone;
}

}  // namespace plughost::python::loop
