#include "loop/event_loop.hpp"

#include <pthread.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "core/failure.hpp"
#include "loop/app_run.hpp"
#include "loop/call.hpp"
#include "loop/socket_handshake.hpp"
#include "runtime/answer.hpp"
#include "runtime/clock.hpp"
#include "runtime/interpreter.hpp"
#include "runtime/log_bridge.hpp"
#include "runtime/thread_policy.hpp"

namespace plughost::python::loop {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

// What tasks that are cancelled for lack of time get to clean up in.
constexpr std::chrono::milliseconds kCleanUp{1000};
constexpr std::chrono::seconds kStopPatience{2};
constexpr std::uint64_t kStuckAfterNs = 5'000'000'000;

steady_clock::time_point at(std::uint64_t time_ns) {
  return steady_clock::time_point(nanoseconds(static_cast<nanoseconds::rep>(
      std::min<std::uint64_t>(time_ns, std::numeric_limits<nanoseconds::rep>::max()))));
}

EventLoop& loop_of(PyObject* capsule) {
  return *static_cast<EventLoop*>(PyCapsule_GetPointer(capsule, nullptr));
}

PyObject* receive(PyObject* self, PyObject*) {
  loop_of(self).receive();
  Py_RETURN_NONE;
}

PyObject* watch(PyObject* self, PyObject*) {
  loop_of(self).watch_waiting();
  Py_RETURN_NONE;
}

PyObject* started(PyObject* self, PyObject* python_loop) {
  loop_of(self).started(python_loop);
  if (PyErr_Occurred() != nullptr) return nullptr;
  Py_RETURN_NONE;
}

PyObject* is_stopping(PyObject* self, PyObject*) {
  return PyBool_FromLong(loop_of(self).is_stopping());
}

PyMethodDef kReceive = {"receive", receive, METH_NOARGS, nullptr};
PyMethodDef kWatch = {"watch", watch, METH_NOARGS, nullptr};
PyMethodDef kStarted = {"started", started, METH_O, nullptr};
PyMethodDef kIsStopping = {"is_stopping", is_stopping, METH_NOARGS, nullptr};

PyRef attribute(PyObject* object, const char* name) {
  return PyRef::steal(object == nullptr ? nullptr : PyObject_GetAttrString(object, name));
}

bool is_awaitable(PyObject* object) {
  const PyAsyncMethods* methods = Py_TYPE(object)->tp_as_async;
  return PyCoro_CheckExact(object) || (methods != nullptr && methods->am_await != nullptr);
}

/// A callback of the loop has nobody to raise to.
void log_error(const ph_host* host) {
  const std::string line = "python: " + describe_error();
  host->log(host, 0, PH_LOG_ERROR, {line.data(), line.size()});
}

}  // namespace

EventLoop::EventLoop(const ph_host* host, LoopSettings settings)
    : host_(host),
      stopping_api_(static_cast<const ph_stopping_api*>(host->get_extension(host, PH_STOPPING_1))),
      websockets_(find_websocket_api(host)),
      batch_api_(
          static_cast<const ph_answer_batch_api*>(host->get_extension(host, PH_ANSWER_BATCH_1))),
      settings_(std::move(settings)),
      inbox_(std::make_shared<Inbox>(settings_.most)) {}

EventLoop::~EventLoop() { EventLoop::stop(); }

bool EventLoop::submit(const Job& job) noexcept { return inbox_->submit(job); }

void EventLoop::start() {
  enter(State::starting);
  thread_ = std::thread([this] { run(); });
  if (wait_for(State::running, steady_clock::time_point::max()) && is_running()) return;
  thread_.join();
  const std::lock_guard lock(mutex_);
  throw std::runtime_error("the event loop does not start: " + failure_);
}

bool EventLoop::drain(std::uint64_t deadline_ns) {
  inbox_->close();
  if (!thread_.joinable()) return true;
  inbox_->post(News::Kind::cancel_cut);
  const auto deadline = at(deadline_ns);
  const auto left = deadline - std::min(deadline, steady_clock::now());
  if (inbox_->wait_until_empty(deadline - std::min<nanoseconds>(kCleanUp, left / 4))) return true;
  const std::string line = "cancelling " + std::to_string(inbox_->size()) +
                           " requests of async handlers: there is no time left for them";
  host_->log(host_, 0, PH_LOG_WARN, {line.data(), line.size()});
  inbox_->post(News::Kind::cancel_all);
  return inbox_->wait_until_empty(deadline);
}

void EventLoop::stop() {
  if (!thread_.joinable()) return;
  inbox_->close();
  stopping_.store(true, std::memory_order_release);
  inbox_->post(News::Kind::stop);
  if (wait_for(State::ended, steady_clock::now() + kStopPatience)) {
    thread_.join();
    return;
  }
  abandoned_.store(true, std::memory_order_release);
  thread_.detach();
}

std::string EventLoop::health() const {
  const std::uint64_t since = inbox_->waiting_since_ns();
  const std::uint64_t now = now_ns();
  if (since == 0 || now < since + kStuckAfterNs) return "";
  return "the event loop has not come round for " + std::to_string((now - since) / 1'000'000'000) +
         " s: an async handler blocks it";
}

void EventLoop::enter(State state, std::string why) {
  const std::lock_guard lock(mutex_);
  if (!why.empty()) failure_ = std::move(why);
  state_.store(state, std::memory_order_release);
  changed_.notify_all();
}

bool EventLoop::wait_for(State state, Inbox::TimePoint deadline) {
  std::unique_lock lock(mutex_);
  const auto reached = [&] { return state_.load(std::memory_order_relaxed) >= state; };
  if (deadline != Inbox::TimePoint::max()) return changed_.wait_until(lock, deadline, reached);
  changed_.wait(lock, reached);
  return true;
}

void EventLoop::run() {
  pthread_setname_np(pthread_self(), "python-loop");
  let_the_waker_finish();
  std::string why;
  {
    PythonThread python;
    python.acquire();
    why = serve();
    fresh_.clear();
    watched_.clear();
    lingering_.clear();
    python_loop_ = create_task_ = call_soon_ = create_future_ = run_ = run_stream_ = receive_ =
        wait_for_ = watch_ = PyRef();
    scopes_.reset();
    python.release();
  }
  enter(State::ended, std::move(why));
}

/// The life of the loop. Returns why it did not begin.
std::string EventLoop::serve() {
  const PyRef module = PyRef::steal(PyImport_ImportModule("plughost._loop"));
  const PyRef self = PyRef::steal(PyCapsule_New(this, nullptr, nullptr));
  run_ = attribute(module.get(), "run");
  run_stream_ = attribute(module.get(), "run_stream");
  receive_ = attribute(module.get(), "receive");
  wait_for_ = attribute(module.get(), "wait_for");
  scopes_ = std::make_unique<ScopeMaker>();
  watch_ = PyRef::steal(self ? PyCFunction_New(&kWatch, self.get()) : nullptr);
  const PyRef serve = attribute(module.get(), "serve");
  if (!run_ || !run_stream_ || !receive_ || !wait_for_ || !scopes_->ok() || !watch_ || !serve) {
    return describe_error();
  }
  const PyRef result = PyRef::steal(PyObject_CallFunction(
      serve.get(), "siNNN", settings_.kind.c_str(), inbox_->descriptor(),
      PyCFunction_New(&kReceive, self.get()), PyCFunction_New(&kStarted, self.get()),
      PyCFunction_New(&kIsStopping, self.get())));
  if (result) return {};
  if (!is_running()) return describe_error();
  log_error(host_);
  return {};
}

void EventLoop::started(PyObject* python_loop) {
  python_loop_ = PyRef::borrow(python_loop);
  create_task_ = attribute(python_loop, "create_task");
  call_soon_ = attribute(python_loop, "call_soon");
  create_future_ = attribute(python_loop, "create_future");
  if (create_task_ && call_soon_ && create_future_) enter(State::running);
}

void EventLoop::receive() {
  inbox_->take(news_);
  for (const News& news : news_) {
    const auto watched = watched_.find(news.job.token);
    switch (news.kind) {
      case News::Kind::request:
        begin(news.job);
        break;
      case News::Kind::cancelled:
        if (watched != watched_.end()) cancel(*watched->second);
        break;
      case News::Kind::writable:
        if (watched != watched_.end()) wake_writers(*watched->second);
        break;
      case News::Kind::body:
        if (watched != watched_.end()) wake_readers(*watched->second);
        break;
      case News::Kind::socket:
        if (watched != watched_.end()) hear_socket(*watched->second);
        break;
      case News::Kind::cancel_cut:
        cancel_cut();
        break;
      case News::Kind::cancel_all:
        cancel_all();
        break;
      case News::Kind::stop: {
        const PyRef done = PyRef::steal(PyObject_CallMethod(python_loop_.get(), "stop", nullptr));
        if (!done) log_error(host_);
        break;
      }
    }
  }
  log_tasks_for(0);
  if (fresh_.empty()) return;
  if (batch_api_ != nullptr && fresh_.size() > 1) batch_api_->begin(host_);
  // Behind the first steps of the tasks just made.
  const PyRef handle = PyRef::steal(PyObject_CallOneArg(call_soon_.get(), watch_.get()));
  if (!handle) log_error(host_);
  if (!handle && batch_api_ != nullptr) batch_api_->end(host_);
}

void EventLoop::begin(const Job& job) {
  const PyRef object = make_call(*this, job);
  if (!object) {
    log_error(host_);
    answer_problem(host_, job.token, 503, "There is no memory for the request.", *job.head);
    inbox_->end();
    return;
  }
  CallObject& call = call_of(object);
  if (cancelling_) {
    refuse(call, 503, "The server is stopping and had no time left for this request.");
    return;
  }
  if (job.head->deadline_ns != 0 && now_ns() >= job.head->deadline_ns) {
    refuse(call, 504, "The deadline passed before the handler was called.");
    return;
  }
  log_tasks_for(job.token);
  const PyRef coroutine = call_handler(call, object);
  if (call.state->over) return;
  PyRef task =
      PyRef::steal(coroutine ? PyObject_CallOneArg(create_task_.get(), coroutine.get()) : nullptr);
  if (!task) {
    fail(call);
    return;
  }
  call.state->task = std::move(task);
  fresh_.push_back(object);
}

/// What the request's task is to run. Empty: the request is answered, or a Python error is set.
PyRef EventLoop::call_handler(CallObject& call, const PyRef& object) {
  const Target& target = *call.state->job.route->target;
  const auto with = [&](const PyRef& function, PyObject* argument) {
    return PyRef::steal(
        PyObject_CallFunctionObjArgs(function.get(), object.get(), argument, nullptr));
  };
  if (target.kind() == Target::Kind::app) return make_app_run(object, target.function());
  const PyRef result = begin_handler(call);
  if (!result) return {};
  if (is_awaitable(result.get())) return with(run_, result.get());
  const PyRef stream = settle(call, result.get());
  return stream ? with(run_stream_, stream.get()) : PyRef();
}

}  // namespace plughost::python::loop
