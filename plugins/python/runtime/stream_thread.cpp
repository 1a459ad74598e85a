#include "core/failure.hpp"
#include "core/py_ref.hpp"
#include "core/result.hpp"
#include "runtime/blocking_body.hpp"
#include "runtime/gate.hpp"
#include "runtime/kept_head.hpp"
#include "runtime/stream.hpp"

namespace plughost::python {
namespace {

/// Takes pieces from the iterator until it ends, and closes it.
void send_pieces(const ph_host* host, Job job, PyObject* iterator,
                 std::atomic<std::uint64_t>& deadline_ns, Reply head) {
  const KeptHead kept(*job.head);
  job.head = &kept.head();
  Stream stream(host, job, std::move(head));
  auto next = Stream::Next::go_on;
  while (next != Stream::Next::over) {
    if (next == Stream::Next::wait) wait_until_writable(host, job.token);
    const PyRef piece = PyRef::steal(PyIter_Next(iterator));
    if (!piece) break;
    next = stream.put(piece.get());
    if (stream.has_begun()) deadline_ns.store(0, std::memory_order_relaxed);
  }
  if (PyErr_Occurred() != nullptr) stream.fail();
  if (!close_iterable(iterator)) stream.fail();
  stream.end();
}

}  // namespace

void wait_until_writable(const ph_host* host, ph_req token) {
  const auto gate = std::make_shared<Gate>();
  const ph_notify notify = Gate::opener(gate);
  PyThreadState* const state = PyEval_SaveThread();
  if (host->http->on_writable(host, token, notify) == PH_OK) gate->pass();
  PyEval_RestoreThread(state);
}

bool close_iterable(PyObject* iterable) {
  const PyRef method = PyRef::steal(PyObject_GetAttrString(iterable, "close"));
  if (!method) {
    PyErr_Clear();
    return true;
  }
  return static_cast<bool>(PyRef::steal(PyObject_CallNoArgs(method.get())));
}

CallOutcome call_or_stream(const ph_host* host, const Job& job, CancelProbe probe, void* probe_ctx,
                           std::atomic<std::uint64_t>& deadline_ns, Reply& reply) {
  const Target& target = *job.route->target;
  PyRef held;
  PyRef stream;
  {
    const bool streams_body = job.route->streams_body;
    const PyRef body = streams_body ? make_blocking_body(host, job) : PyRef();
    if (streams_body && !body) {
      target.settle(nullptr, *job.head, reply);
      return CallOutcome::replied;
    }
    const PyRef result = target.begin(*job.head, probe, probe_ctx, held, reply, body.get());
    if (result) target.settle(result.get(), *job.head, reply, &stream);
  }
  CallOutcome outcome = CallOutcome::replied;
  if (stream && is_async_iterable(stream.get())) {
    answer_bad_result(target.spec(), *job.head,
                      "returned an async iterator; make it an 'async def', which has an event loop",
                      reply);
  } else if (stream) {
    send_pieces(host, job, stream.get(), deadline_ns, std::move(reply));
    outcome = CallOutcome::answered;
  }
  Target::let_go(held);
  return outcome;
}

}  // namespace plughost::python
