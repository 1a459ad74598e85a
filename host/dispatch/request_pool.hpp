#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "dispatch/request.hpp"

namespace plughost::dispatch {

/// Where answered requests go: the I/O thread they belong to.
class Mailbox {
 public:
  /// [any] The plugin made the terminal call of request, or did something with a stream of it (see
  /// Request::post). Never blocks; wakes the I/O thread if it sleeps.
  virtual void post(Request& request) noexcept = 0;

 protected:
  ~Mailbox() = default;
};

/// The request slots of one I/O thread.
///
/// Owner:   the I/O thread's transport. Threads: acquire and recycle on that thread; find on [any].
/// Limits:  2^24 slots; memory is kept for the next requests, small buffers only.
class RequestPool final {
 public:
  RequestPool(std::uint8_t index, Mailbox& mailbox);
  ~RequestPool();
  RequestPool(const RequestPool&) = delete;
  RequestPool& operator=(const RequestPool&) = delete;

  /// A cleared slot with a new generation, owing an answer. Null: all slots are in use.
  Request* acquire();

  /// After the terminal call; runs what release is left and ends the generation.
  void recycle(Request& request) noexcept;
  /// Hands what the mailbox held to its sink; to abandon() if there is none.
  void deliver(Request& request);
  /// Nobody waits for the answer any more: recycles the request, or cancels it and leaves it to the
  /// terminal call that is owed. May be repeated. Not from inside a plugin's call.
  void abandon(Request& request) noexcept;

  Request* find(std::uint32_t slot) const noexcept;
  Mailbox& mailbox() const noexcept { return mailbox_; }
  std::uint8_t index() const noexcept { return index_; }

  /// Requests acquired and not recycled. [any]
  std::uint64_t in_use() const noexcept { return in_use_.load(std::memory_order_acquire); }
  /// Those of them that a handler was given. [any]
  std::uint64_t dispatched() const noexcept { return dispatched_.load(std::memory_order_acquire); }

 private:
  friend class Request;
  static constexpr std::uint32_t kChunkSlots = 256;
  static constexpr std::uint32_t kChunks = 65536;
  using Chunk = std::array<Request, kChunkSlots>;

  bool grow();

  const std::uint8_t index_;
  Mailbox& mailbox_;
  std::unique_ptr<std::atomic<Chunk*>[]> chunks_;
  std::uint32_t chunk_count_ = 0;
  std::vector<Request*> free_;
  std::atomic<std::uint64_t> in_use_{0};
  std::atomic<std::uint64_t> dispatched_{0};
};

}  // namespace plughost::dispatch
