#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "dispatch/request.hpp"

namespace plughost::dispatch {

class Responder;

/// Requests whose handlers must not overlap (a plugin flagged PH_PF_SERIAL).
class Strand final {
 private:
  friend class Executor;
  std::deque<Request*> waiting_;  // guarded by the Executor's mutex
  bool busy_ = false;
};

/// Threads that run handlers which may block, and encode large answers for the Responder.
///
/// Owner:   App. Threads: submit on [any]; stop on [main].
/// Limits:  queue_limit requests wait, those behind a busy Strand included.
class Executor final {
 public:
  Executor(Responder& responder, unsigned threads, std::size_t queue_limit);
  ~Executor();
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  /// False: the queue is full and nothing was taken.
  bool submit(Request& request) noexcept;

  /// A whole answer waits to be encoded (answer.coding); it is posted afterwards. False: the queue
  /// is full and nothing was taken.
  bool submit_answer(Request& request) noexcept;

  /// The plugin has something to be told about the connection that request has become. Always
  /// taken: each connection waits here at most once.
  void submit_callbacks(Request& request) noexcept;

  /// Runs what is queued, then joins the threads. Never call it while a handler hangs.
  void stop() noexcept;

 private:
  bool enqueue(Request& request);
  void run() noexcept;
  void run_one(Request& request) noexcept;
  void finish_strand(Strand* strand);

  Responder& responder_;
  const std::size_t queue_limit_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Request*> queue_;  // guarded by mutex_, as are the next three
  std::size_t waiting_ = 0;
  unsigned idle_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

/// Gives a matched request to its handler: here if it does not block, else on the executor; a full
/// queue is answered 503. [I/O thread]
void dispatch(Request& request, Executor& executor, Responder& responder) noexcept;

}  // namespace plughost::dispatch
