// The body of a request, for a handler or an application that reads it as it arrives.
#include "loop/call.hpp"
#include "loop/event_loop.hpp"

namespace plughost::python::loop {

using Next = BodyReader::Next;

PyRef wait_body(CallObject& call) {
  CallState& state = *call.state;
  if (!state.reader || is_done(state.reader)) state.reader = state.loop.make_future();
  if (!state.reader || state.awaits_body) return state.reader;
  PyRef future = state.reader;
  const auto notification = notify_inbox(state.loop.inbox(), News::Kind::body);
  state.awaits_body = state.body->notify(notification) == PH_OK;
  if (!state.awaits_body) wake_reader(call);
  return future;
}

void wake_reader(CallObject& call) {
  call.state->awaits_body = false;
  const PyRef future = std::exchange(call.state->reader, PyRef());
  if (future) set_future(future, PyRef::borrow(Py_None));
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
