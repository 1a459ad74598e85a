// Tasks that are ended before their time: their clients are gone, or the server stops.
#include "loop/call.hpp"
#include "loop/event_loop.hpp"
#include "runtime/clock.hpp"

namespace plughost::python::loop {
namespace {

// How often a call is looked at whose client may be gone.
constexpr double kLookSeconds = 0.1;
// What an ASGI application gets to end by itself when it has been told of the disconnect.
constexpr std::uint64_t kDisconnectPatienceNs = 10'000'000'000;
constexpr std::uint64_t kStopPatienceNs = 1'000'000'000;

/// After a moment.
void look_again(CallObject& call) {
  const PyRef look =
      PyRef::steal(PyObject_GetAttrString(reinterpret_cast<PyObject*>(&call), "look"));
  PyObject* const loop = call.state->loop.python_loop();
  const PyRef handle = PyRef::steal(
      look ? PyObject_CallMethod(loop, "call_later", "dO", kLookSeconds, look.get()) : nullptr);
  if (!handle) PyErr_Clear();
}

std::vector<PyRef> held(const std::vector<CallObject*>& calls) {
  std::vector<PyRef> references;
  for (CallObject* call : calls) {
    references.push_back(PyRef::borrow(reinterpret_cast<PyObject*>(call)));
  }
  return references;
}

}  // namespace

PyObject* look(PyObject* self, PyObject*) {
  CallObject& call = *reinterpret_cast<CallObject*>(self);
  // What an application does behind a whole answer is its own business.
  const bool is_cut = call.state->app && call.state->app->phase != AppState::Phase::done;
  if (!call.state->over || is_cut) cancel(call);
  Py_RETURN_NONE;
}

void cancel_now(CallObject& call) {
  const PyRef task = call.state->task;
  if (!task) return;
  const PyRef done = PyRef::steal(PyObject_CallMethod(task.get(), "cancel", nullptr));
  if (!done) PyErr_Clear();
}

void cancel(CallObject& call) {
  CallState& state = *call.state;
  if (!state.task || (is_upgraded(state) && !state.over)) return;
  const bool has_begun = state.stream && state.stream->has_begun() && !state.over;
  const bool may_end = has_begun && !state.stream->is_event_stream() && !state.stream->is_gone();
  if (may_end && state.loop.server_stops()) return look_again(call);
  if (!state.app) return cancel_now(call);
  const std::uint64_t now = now_ns();
  const std::uint64_t deadline = state.job.head->deadline_ns;
  disconnect(state);
  if (state.gone_since_ns == 0) state.gone_since_ns = now;
  const bool is_late = deadline != 0 && !state.stream && !is_upgraded(state) && now >= deadline;
  const auto patience =
      state.socket && state.loop.server_stops() ? kStopPatienceNs : kDisconnectPatienceNs;
  if (is_late || now > state.gone_since_ns + patience) return cancel_now(call);
  look_again(call);
}

void EventLoop::cancel_cut() {
  std::vector<CallObject*> cut;
  for (CallObject* call : lingering_) {
    const CallState& state = *call->state;
    // A WebSocket application has just been told; it is looked at already.
    if (state.app->phase != AppState::Phase::done && !state.socket) cut.push_back(call);
  }
  for (const PyRef& call : held(cut)) cancel_now(call_of(call));
}

void EventLoop::cancel_all() {
  cancelling_ = true;
  std::vector<CallObject*> all = lingering_;
  for (const auto& [token, call] : watched_) all.push_back(call);
  for (const PyRef& call : held(all)) cancel_now(call_of(call));
}

}  // namespace plughost::python::loop
