#pragma once

#include <atomic>
#include <cstdint>

namespace plughost::dispatch {

class Request;
class Strand;

/// The one interface a route ends in.
///
/// Owner:   the plugin layer; outlives every request it was given.
/// Threads: handle() on an I/O thread if nonblocking(), else on an executor thread; calls overlap
///          unless strand() is set.
class Handler {
 public:
  Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  virtual ~Handler() = default;

  /// Sees to it that request is answered through Responder exactly once, now or later. The request
  /// may be gone when this returns: nobody touches it afterwards.
  virtual void handle(Request& request) noexcept = 0;

  virtual bool nonblocking() const noexcept = 0;

  /// handle() is called as soon as the head is there, and pulls the body (Request::body_stream).
  virtual bool streams_body() const noexcept { return false; }

  /// Not null: handle() calls that share it never overlap.
  virtual Strand* strand() noexcept { return nullptr; }

  /// Requests given to handle() and not yet finished: answered, written or dropped, lent bytes
  /// released, borrowed views dead. [any]
  std::uint64_t in_flight() const noexcept { return in_flight_.load(std::memory_order_acquire); }

 private:
  friend class Request;

  /// Counts one request more, unless there are most of them already; 0: no limit.
  bool admit(std::uint64_t most) noexcept {
    if (most == 0) {
      in_flight_.fetch_add(1, std::memory_order_relaxed);
      return true;
    }
    auto count = in_flight_.load(std::memory_order_relaxed);
    do {
      if (count >= most) return false;
    } while (!in_flight_.compare_exchange_weak(count, count + 1, std::memory_order_relaxed));
    return true;
  }

  std::atomic<std::uint64_t> in_flight_{0};
};

}  // namespace plughost::dispatch
