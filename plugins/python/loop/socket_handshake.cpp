#include "loop/socket_handshake.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/reply_headers.hpp"
#include "core/views.hpp"
#include "loop/app_event.hpp"
#include "loop/call.hpp"
#include "loop/event_loop.hpp"
#include "loop/ready.hpp"
#include "runtime/answer.hpp"

namespace plughost::python::loop {
namespace {

using Phase = SocketState::Phase;

PyObject* done() { return make_ready(PyRef::borrow(Py_None)).release(); }

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_word(std::string_view text, std::string_view lower) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return equals_ignoring_case(text, lower);
}

/// Whether a header of that name has the word in its list.
bool lists(const ph_req_head& head, std::string_view name, std::string_view word) {
  for (std::size_t i = 0; i < head.n_headers; ++i) {
    if (view(head.headers[i].name) != name) continue;
    std::string_view list = view(head.headers[i].value);
    while (!list.empty()) {
      const std::size_t end = std::min(list.find(','), list.size());
      if (is_word(list.substr(0, end), word)) return true;
      list.remove_prefix(std::min(end + 1, list.size()));
    }
  }
  return false;
}

ph_status upgrade(CallState& state, const Reply& head, const std::string& subprotocol) {
  SocketState& socket = *state.socket;
  const ph_host* host = state.loop.host();
  std::vector<ph_header> headers;
  for (const auto& [name, value] : head.headers) {
    headers.push_back({{name.data(), name.size()}, {value.data(), value.size()}});
  }
  auto inbox = std::make_shared<SocketInbox>(host, socket.api, state.loop.inbox(), state.job.token);
  ph_websocket_callbacks callbacks = SocketInbox::callbacks(inbox);
  callbacks.subprotocol = {subprotocol.data(), subprotocol.size()};
  callbacks.headers = headers.data();
  callbacks.n_headers = headers.size();
  const std::string_view protocol = PH_WEBSOCKET_1;
  const ph_status status =
      host->http->upgrade(host, state.job.token, {protocol.data(), protocol.size()}, &callbacks);
  if (status == PH_OK) socket.inbox = std::move(inbox);
  return status;
}

}  // namespace

const ph_websocket_api* find_websocket_api(const ph_host* host) {
  const auto* api = static_cast<const ph_websocket_api*>(host->get_extension(host, PH_WEBSOCKET_1));
  return api != nullptr && PH_HAS(api, resume_reading) ? api : nullptr;
}

bool asks_for_websocket(const ph_req_head& head) {
  return lists(head, "upgrade", "websocket") && lists(head, "connection", "upgrade") &&
         view(head.method) == "GET" && view(head.http_version) == "1.1";
}

PyObject* accept_socket(CallState& state, PyObject* event) {
  if (state.over) return raise_disconnected();
  SocketState& socket = *state.socket;
  Reply head;
  std::string subprotocol;
  if (!append_headers(event, head) || !read_text(event, "subprotocol", subprotocol)) return nullptr;
  keep_head(state);
  switch (upgrade(state, head, subprotocol)) {
    case PH_OK:
      socket.phase = Phase::open;
      socket.output = std::make_unique<SocketOutput>(state.loop, socket.api, state.job.token);
      socket.self = PyRef::borrow(reinterpret_cast<PyObject*>(state.self));
      state.loop.watch_socket(*state.self);
      return done();
    case PH_E_CANCELLED:
    case PH_E_STALE:
      end_call(state);
      return raise_disconnected();
    case PH_E_INVALID:
      PyErr_SetString(PyExc_ValueError,
                      "the host refuses this websocket.accept, for its subprotocol or a header; "
                      "the log says why");
      return nullptr;
    default:
      PyErr_SetString(PyExc_RuntimeError, "the host cannot open the WebSocket connection");
      return nullptr;
  }
}

PyObject* refuse_socket(CallState& state) {
  state.socket->phase = Phase::closed;
  state.app->phase = AppState::Phase::done;
  if (state.over) return done();
  keep_head(state);
  answer_problem(state.loop.host(), state.job.token, 403, "The application refused the connection.",
                 *state.job.head);
  end_call(state);
  return done();
}

PyObject* send_refusal(CallState& state, PyObject* event, std::string_view type) {
  const PyRef copy = PyRef::steal(PyDict_Copy(event));
  const PyRef name =
      PyRef::steal(PyUnicode_FromStringAndSize(type.data(), static_cast<Py_ssize_t>(type.size())));
  if (!copy || !name || PyDict_SetItemString(copy.get(), "type", name.get()) != 0) return nullptr;
  PyObject* const sent = send_response(*state.self, copy.get());
  if (sent != nullptr) state.socket->phase = Phase::refusing;
  return sent;
}

}  // namespace plughost::python::loop
