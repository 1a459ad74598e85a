// The body of a request, for a handler or an application that reads it as it arrives.
#include "loop/call.hpp"
#include "loop/event_loop.hpp"

namespace plughost::python::loop {

using Next = BodyReader::Next;

PyRef wait_body(CallObject& call) {
  CallState& state = *call.state;
  PyRef future = state.readers.add(state.loop);
  if (!future || state.awaits_body) return future;
  const auto notification = notify_inbox(state.loop.inbox(), News::Kind::body);
  state.awaits_body = state.body->notify(notification) == PH_OK;
  if (!state.awaits_body) wake_readers(call);
  return future;
}

void wake_readers(CallObject& call) {
  call.state->awaits_body = false;
  call.state->readers.wake();
}

PyObject* read_body(PyObject* self, PyObject*) {
  CallObject& call = *reinterpret_cast<CallObject*>(self);
  CallState& state = *call.state;
  PyRef piece;
  switch (state.over || !state.body ? Next::gone : state.body->next(piece)) {
    case Next::piece:
      return piece.release();
    case Next::end:
      return PyBytes_FromStringAndSize(nullptr, 0);
    case Next::pending:
      return wait_body(call).release();
    case Next::gone:
      break;
  }
  raise_incomplete_body();
  return nullptr;
}

}  // namespace plughost::python::loop
