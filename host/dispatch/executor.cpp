#include "dispatch/executor.hpp"

#include "dispatch/handler.hpp"
#include "dispatch/responder.hpp"
#include "dispatch/websocket.hpp"

namespace plughost::dispatch {

namespace {

/// The answers of handlers that must not overlap may be encoded while others run.
Strand* strand_of(Request& request) {
  return request.answer.coding.empty() ? request.handler()->strand() : nullptr;
}

}  // namespace

Executor::Executor(Responder& responder, unsigned threads, std::size_t queue_limit)
    : responder_(responder), queue_limit_(queue_limit) {
  responder_.encode_on(*this);
  threads_.reserve(threads);
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Executor::~Executor() { stop(); }

bool Executor::submit(Request& request) noexcept {
  bool wake = false;
  {
    std::lock_guard lock(mutex_);
    if (stopping_ || waiting_ >= queue_limit_) return false;
    wake = enqueue(request);
  }
  if (wake) wake_.notify_one();
  return true;
}

bool Executor::submit_answer(Request& request) noexcept {
  bool wake = false;
  {
    std::lock_guard lock(mutex_);
    if (stopping_ || waiting_ >= queue_limit_) return false;
    ++waiting_;
    queue_.push_front(&request);  // its client has waited for the handler already
    wake = idle_ > 0;
  }
  if (wake) wake_.notify_one();
  return true;
}

void Executor::submit_callbacks(Request& request) noexcept {
  bool wake = false;
  {
    std::lock_guard lock(mutex_);
    wake = enqueue(request);
  }
  if (wake) wake_.notify_one();
}

/// True: a thread should be woken for it.
bool Executor::enqueue(Request& request) {
  ++waiting_;
  auto* strand = request.handler()->strand();
  if (strand != nullptr && std::exchange(strand->busy_, true)) {
    strand->waiting_.push_back(&request);
    return false;
  }
  queue_.push_back(&request);
  return idle_ > 0;
}

void Executor::run() noexcept {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    --idle_;
    if (queue_.empty()) return;
    auto* request = queue_.front();
    queue_.pop_front();
    --waiting_;
    auto* strand = strand_of(*request);
    lock.unlock();
    run_one(*request);
    lock.lock();
    finish_strand(strand);
  }
}

void Executor::run_one(Request& request) noexcept {
  if (request.websocket != nullptr) return request.websocket->run();
  if (!request.answer.coding.empty()) return responder_.encode_and_post(request);
  const auto token = request.token();
  if (responder_.is_detached(token)) {
    // Nobody waits: the handler never hears of it, so the terminal call is ours.
    responder_.respond_problem(token, 503, "The request was cancelled while it was queued.");
  } else {
    request.handler()->handle(request);
  }
}

void Executor::finish_strand(Strand* strand) {
  if (strand == nullptr) return;
  if (strand->waiting_.empty()) {
    strand->busy_ = false;
    return;
  }
  queue_.push_back(strand->waiting_.front());
  strand->waiting_.pop_front();
}

void Executor::stop() noexcept {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void dispatch(Request& request, Executor& executor, Responder& responder) noexcept {
  if (request.handler()->nonblocking()) {
    request.handler()->handle(request);
  } else if (!executor.submit(request)) {
    responder.respond_problem(request.token(), 503,
                              "The server is busy: its queue for this kind of handler is full.");
  }
}

}  // namespace plughost::dispatch
