#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "core/py_ref.hpp"
#include "loop/inbox.hpp"
#include "loop/scope.hpp"
#include "runtime/backend.hpp"

namespace plughost::python {

class Interpreter;

namespace loop {

struct CallObject;

struct LoopSettings {
  std::size_t most = 10000;   ///< requests under way; beyond it submit() refuses
  std::string kind = "auto";  ///< asyncio, uvloop, or auto: uvloop if it can be imported
};

/// Mode async: runs jobs as tasks of one asyncio loop, on a thread of its own.
///
/// Requests that arrive while the loop is busy are taken together; each becomes a task at once. A
/// task is cancelled when its client has gone or its deadline has passed: it is looked at only once
/// its handler has had to wait, so a handler that does not wait costs no registration.
///
/// Owner:   the plugin instance, which must leak it if abandoned().
/// Threads: as Backend says. One thread, from start to stop; Python objects are touched only there,
///          with the GIL.
/// Errors:  start throws std::runtime_error if the loop cannot be made.
class EventLoop final : public Backend {
 public:
  EventLoop(const ph_host* host, LoopSettings settings);
  ~EventLoop() override;

  bool submit(const Job& job) noexcept override;
  void start() override;
  /// Tasks that are left shortly before the deadline are cancelled and answered 503.
  bool drain(std::uint64_t deadline_ns) override;
  /// Waits up to 2 s for the loop to end, then lets its thread go: it answers no more.
  void stop() override;
  std::string health() const override;

  bool is_running() const { return state_.load(std::memory_order_acquire) == State::running; }
  /// True after stop if the loop has not ended: then neither this object nor the interpreter may
  /// go.
  bool abandoned() const { return abandoned_.load(std::memory_order_acquire); }
  /// While it runs; GIL held. The asyncio loop.
  PyObject* python_loop() const { return python_loop_.get(); }

  // Called on the loop's thread, GIL held.
  const ph_host* host() const { return host_; }
  const std::shared_ptr<Inbox>& inbox() const { return inbox_; }
  void receive();        ///< there are news
  void watch_waiting();  ///< the tasks of the last batch have run for the first time
  void started(PyObject* python_loop);
  bool is_stopping() const { return stopping_.load(std::memory_order_acquire); }
  /// Whether tasks are being cancelled because there is no time left.
  bool is_cancelling() const { return cancelling_; }
  void forget(ph_req token) { watched_.erase(token); }
  /// Null: there is no WebSocket.
  const ph_websocket_api* websockets() const { return websockets_; }
  /// News of its connection are passed to it from here on.
  void watch_socket(CallObject& call);
  /// The call of an ASGI application that runs on behind its answer.
  void linger(CallObject& call);
  void leave(CallObject& call);
  bool server_stops() const { return stopping_api_ && stopping_api_->is_stopping(host_) != 0; }
  ScopeMaker& scopes() { return *scopes_; }
  /// plughost._loop.receive and wait_for, borrowed.
  PyObject* receive_function() const { return receive_.get(); }
  PyObject* wait_for_function() const { return wait_for_.get(); }
  PyRef make_future() const { return PyRef::steal(PyObject_CallNoArgs(create_future_.get())); }

 private:
  enum class State { created, starting, running, ended };

  void run();
  std::string serve();
  void begin(const Job& job);
  PyRef call_handler(CallObject& call, const PyRef& object);
  void watch(CallObject& call);
  void cancel_cut();
  void cancel_all();
  bool wait_for(State state, Inbox::TimePoint deadline);
  void enter(State state, std::string why = {});

  const ph_host* const host_;
  const ph_stopping_api* const stopping_api_;
  const ph_websocket_api* const websockets_;
  const ph_answer_batch_api* const batch_api_;
  const LoopSettings settings_;
  const std::shared_ptr<Inbox> inbox_;
  std::thread thread_;
  std::atomic<State> state_{State::created};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> abandoned_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string failure_;  // guarded by mutex_

  // Of the loop's thread.
  PyRef python_loop_, create_task_, call_soon_, create_future_, run_, run_stream_, receive_,
      wait_for_, watch_;
  std::unique_ptr<ScopeMaker> scopes_;
  std::vector<News> news_;
  std::vector<PyRef> fresh_;                         // calls whose tasks have not run yet
  std::unordered_map<ph_req, CallObject*> watched_;  // those that wait
  std::vector<CallObject*> lingering_;
  bool cancelling_ = false;
};

}  // namespace loop
}  // namespace plughost::python
