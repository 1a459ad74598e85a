#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace plughost::python::pool {

/// Shared memory of one submit: the request bytes, the reply bytes, and how far the worker is.
///
/// The parent numbers the tasks of a submit from 1. The worker marks a number just before it calls
/// the handler (begin) and again when the reply of that task is here (end), so that after any death
/// the parent knows which answers are good, which one task was running and which never ran.
///
/// Rationale: an anonymous file passed by descriptor leaves nothing behind in /dev/shm after a
/// kill -9, and keeps large bodies out of the executor's pipes: a worker killed in the middle of a
/// pipe message would leave the executor's manager thread reading for ever.
///
/// Owner:   parent and worker map the same file. Threads: the parent's side is used by whoever
///          holds the submit; begun() and revoke() on [any].
/// Limits:  file size is what the largest submit took, given back beyond 1 MiB.
class Mailbox final {
 public:
  static constexpr std::uint32_t kRevoked = UINT32_MAX;

  /// Parent: makes an empty one. Throws std::system_error.
  Mailbox();
  /// Worker: takes over a descriptor that it inherited. Throws std::system_error.
  explicit Mailbox(int fd);
  ~Mailbox();
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  int fd() const { return fd_; }

  /// Parent: starts a submit. False: no memory; nothing to submit.
  bool put_request(std::string_view bytes) noexcept;
  /// Parent: number of the last task begun; 0: none.
  std::uint32_t begun() const noexcept;
  /// Parent: number of the last task whose reply is complete.
  std::uint32_t ended() const noexcept;
  /// Parent: no further task begins after this. Returns the last one begun.
  std::uint32_t revoke() noexcept;
  /// Parent: the replies written so far; request_bytes as given to put_request. False: unreadable.
  bool take_replies(std::size_t request_bytes, std::string& out) noexcept;

  /// Worker: reads the request. Throws std::system_error.
  void take_request(std::size_t bytes, std::string& out) const;
  /// Worker: marks task n. False: revoked, it must not run, nor any after it.
  bool begin(std::uint32_t n) noexcept;
  /// Worker: appends the reply of task n, then marks its end. Throws std::system_error.
  void end(std::uint32_t n, std::size_t request_bytes, std::string_view reply);

 private:
  struct Header {
    std::atomic<std::uint32_t> begun;
    std::atomic<std::uint32_t> ended;
    std::atomic<std::uint64_t> reply_bytes;
  };
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

  void map();

  int fd_ = -1;
  Header* header_ = nullptr;
  std::size_t size_ = 0;  // parent: high-water mark of the file
};

}  // namespace plughost::python::pool
