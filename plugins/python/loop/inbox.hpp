#pragma once

#include <plughost/abi/abi.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/backend.hpp"

namespace plughost::python::loop {

/// What other threads tell the event loop's thread.
struct News {
  enum class Kind : std::uint8_t {
    request,     ///< job is new
    cancelled,   ///< the client of job.token has gone, or its time is up
    writable,    ///< the stream of job.token takes bytes again
    body,        ///< there may be more of the body of job.token
    socket,      ///< the WebSocket connection job.token has something to tell
    cancel_cut,  ///< whose answer was cut
    cancel_all,
    stop,
  };

  Kind kind = Kind::request;
  Job job;
};

/// The way into the event loop: news collect until the loop comes for them, woken once for many.
///
/// Owner:   the EventLoop and the notifications the host still holds, which share it.
/// Threads: submit and post on any thread, take and end on the loop's, the rest on control.
/// Limits:  `most` requests between submit and end.
class Inbox final {
 public:
  /// Errors: throws std::system_error when there is no descriptor.
  explicit Inbox(std::size_t most);
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  /// Readable while there are news.
  int descriptor() const { return descriptor_; }

  /// False: too many are under way, or it is closed.
  bool submit(const Job& job) noexcept;
  void post(News::Kind kind, ph_req token = 0) noexcept;
  /// Replaces what is in news.
  void take(std::vector<News>& news);
  /// A request that submit took has its answer.
  void end() noexcept;

  /// Takes no more requests.
  void close();
  using TimePoint = std::chrono::steady_clock::time_point;
  /// False: the deadline came with requests still under way.
  bool wait_until_empty(TimePoint deadline);
  /// Requests between submit and end.
  std::size_t size() const { return under_way_.load(std::memory_order_relaxed); }
  /// When the oldest news came that nobody has taken (CLOCK_MONOTONIC); 0: there are none.
  std::uint64_t waiting_since_ns() const { return since_ns_.load(std::memory_order_relaxed); }

 private:
  bool add(const News& news);
  void wake() noexcept;

  const std::size_t most_;
  const int descriptor_;
  std::mutex mutex_;
  std::condition_variable empty_;
  std::vector<News> news_;  // guarded by mutex_
  bool closed_ = false;     // guarded by mutex_
  std::atomic<std::size_t> under_way_{0};
  std::atomic<std::uint64_t> since_ns_{0};
};

/// Posts news of that kind when the host fires it.
ph_notify notify_inbox(const std::shared_ptr<Inbox>& inbox, News::Kind kind);

}  // namespace plughost::python::loop
