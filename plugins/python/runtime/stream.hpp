#pragma once

#include <plughost/abi/abi.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/reply.hpp"
#include "runtime/backend.hpp"

namespace plughost::python {

/// An answer whose body comes in pieces: bytes, bytearray, memoryview or str, which goes out as
/// UTF-8.
///
/// The answer begins with the first piece, which may be empty. What fails before that is an answer
/// of its own, with its own status; what fails later cuts the answer off and is logged. Without a
/// content type the first piece may decide: text/plain for str, else application/octet-stream.
///
/// Owner:   whoever runs the handler, for one request. Exactly one terminal call is made by the
///          time over() is true; the owner sees to it by end, fail or cancel.
/// Threads: one at a time, GIL held.
class Stream final {
 public:
  enum class Type {
    guess,     ///< without a content type the first piece decides
    as_given,  ///< none is added
  };

  /// head: status and headers. job.head must be there as long as this is: a KeptHead.
  Stream(const ph_host* host, const Job& job, Reply head, Type type = Type::guess);

  enum class Next {
    go_on,
    wait,  ///< until on_writable: the client is slow
    over,  ///< nobody wants more
  };
  Next put(PyObject* piece);
  /// There are no more pieces.
  void end();
  /// Of the Python error that is set.
  void fail();
  /// The client has gone, or the server stops.
  void cancel();

  bool has_begun() const { return begun_; }
  /// Whether the client of an answer that has begun is gone, or the host has cut the answer.
  bool is_gone() const;
  /// It has no end that a client could miss.
  bool is_event_stream() const { return is_event_stream_; }
  bool over() const { return over_; }

 private:
  bool start(std::string_view default_type);
  void cut(std::string_view why);

  const ph_host* const host_;
  const Job job_;
  Reply reply_;  // the head, until it has begun
  const bool wants_no_body_;
  const Type type_;
  bool is_event_stream_ = false;
  bool begun_ = false;
  bool over_ = false;
};

/// Logs the Python error that is set, which came when the answer had begun, or was over. job.head
/// is a KeptHead's.
void log_late_failure(const ph_host* host, const Job& job);

/// Waits until a stream that said so may go on, with the GIL released. The host bounds it: a client
/// that takes nothing is cut off.
void wait_until_writable(const ph_host* host, ph_req token);

/// Calls close() of a generator, a file, or whatever has one. False: a Python error is set.
bool close_iterable(PyObject* iterable);

/// Mode thread: calls the handler, and if its result is a stream sends all of it, waiting for slow
/// clients without the GIL. deadline_ns becomes 0 when a stream begins: it has no deadline.
CallOutcome call_or_stream(const ph_host* host, const Job& job, CancelProbe probe, void* probe_ctx,
                           std::atomic<std::uint64_t>& deadline_ns, Reply& reply);

}  // namespace plughost::python
