#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "pool/shared_memory.hpp"

namespace plughost::python::pool {

/// Shared memory of one batch: the request bytes, the reply bytes, and how far the worker is.
///
/// The parent numbers the tasks of a batch from 1. The worker marks a number just before it calls
/// the handler (begin) and again when the reply of that task is here (end), so that after any death
/// the parent knows which answers are good, which one task was running and which never ran.
///
/// Rationale: a small batch is read and written where it lies, without a system call; a large one
/// goes through the descriptor, where a lack of memory is an error and not a SIGBUS.
///
/// Owner:   parent and worker map the same file. Threads: the parent's side is used by whoever
///          holds the batch; begun() and revoke() on [any].
/// Limits:  file size is what the largest batch took, given back beyond 1 MiB; 64 KiB at least.
class Mailbox final {
 public:
  static constexpr std::uint32_t kRevoked = UINT32_MAX;

  /// Parent: makes an empty one. Throws std::system_error.
  Mailbox();
  /// Worker: takes over a descriptor that it inherited. Throws std::system_error.
  explicit Mailbox(int fd);

  int fd() const { return memory_.fd(); }

  /// Parent: starts a batch. False: no memory; nothing to post.
  bool put_request(std::string_view bytes) noexcept;
  /// Parent: number of the last task begun; 0: none.
  std::uint32_t begun() const noexcept;
  /// Parent: number of the last task whose reply is complete.
  std::uint32_t ended() const noexcept;
  /// Parent: no further task begins after this. Returns the last one begun.
  std::uint32_t revoke() noexcept;
  /// Parent: the replies written so far. False: unreadable.
  bool take_replies(std::string& out) noexcept;

  /// Worker: the request, in the mailbox itself or, if it is large, read into buffer. Good until
  /// the batch is finished. Throws std::system_error.
  std::string_view take_request(std::string& buffer);
  /// Worker: marks task n. False: revoked, it must not run, nor any after it.
  bool begin(std::uint32_t n) noexcept;
  /// Worker: appends the reply of task n, then marks its end. Throws std::system_error.
  void end(std::uint32_t n, std::string_view reply);

 private:
  struct Header {
    std::atomic<std::uint32_t> begun;
    std::atomic<std::uint32_t> ended;
    std::atomic<std::uint64_t> request_bytes;
    std::atomic<std::uint64_t> reply_bytes;
  };
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

  Header& header() const { return *static_cast<Header*>(memory_.data()); }
  char* mapped(std::size_t offset, std::size_t bytes) const noexcept;
  bool write(std::size_t offset, std::string_view bytes) noexcept;
  bool read(std::size_t offset, std::string& out) noexcept;

  SharedMemory memory_;
  std::size_t request_bytes_ = 0;  // of this batch
  std::size_t file_bytes_ = 0;     // parent: high-water mark
};

}  // namespace plughost::python::pool
