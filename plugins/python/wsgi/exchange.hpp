#pragma once

#include <plughost/abi/abi.h>

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/py_ref.hpp"
#include "core/reply.hpp"
#include "runtime/backend.hpp"
#include "runtime/kept_head.hpp"
#include "runtime/stream.hpp"
#include "wsgi/file_wrapper.hpp"

namespace plughost::python::wsgi {

/// One call of a WSGI application: what it says to start_response and write() and by its result,
/// and how much of that has gone out.
///
/// A list or tuple of bytes goes out whole, and so does a first piece as long as the Content-Length
/// says. A file in a wsgi.file_wrapper is the host's to send. Anything else is a stream that begins
/// with the first piece that is not empty; until then start_response may be called again with
/// exc_info.
///
/// Owner:   the call. Threads: the dispatch thread's, GIL held.
class Exchange final {
 public:
  /// deadline_ns becomes 0 when a stream begins: it has no deadline. reply is cleared by what is
  /// said first.
  Exchange(const ph_host* host, const Job& job, std::atomic<std::uint64_t>& deadline_ns,
           Reply& reply);

  /// start_response(status, headers, exc_info), the last null or None if it was not given. False: a
  /// Python error is set.
  bool start(PyObject* status, PyObject* headers, PyObject* exc_info);
  /// write(piece), likewise. Waits for a slow client without the GIL.
  bool write(PyObject* piece);
  /// Sends what the application returned, and closes it.
  void finish(PyObject* result, const FileWrapper& files);
  /// Answers for the Python error that is set, or logs it if it is too late for that.
  void fail();
  /// After finish or fail.
  CallOutcome outcome() const {
    return phase_ == Phase::failed ? CallOutcome::replied : CallOutcome::answered;
  }

 private:
  enum class Phase {
    open,      ///< nothing was sent, or stream_ is on its way
    answered,  ///< the terminal call was made
    failed,    ///< reply_ says how, and is to be sent
  };

  bool send_known(PyObject* result);
  bool send_file(PyObject* result, const FileWrapper& files);
  void send_pieces(PyObject* result);
  bool put(PyObject* piece);
  void send_whole(std::string_view body);
  void begin_stream();
  void end();
  void keep_head();
  bool has_begun() const { return stream_.has_value() || phase_ == Phase::answered; }

  const ph_host* const host_;
  Job job_;
  std::atomic<std::uint64_t>& deadline_ns_;
  Reply& reply_;
  const bool is_head_;
  bool started_ = false;        // start_response was called
  bool write_refused_ = false;  // nobody takes more, and write() has said so
  Phase phase_ = Phase::open;
  std::optional<KeptHead> kept_;  // once the host may take its own back
  std::optional<Stream> stream_;
};

}  // namespace plughost::python::wsgi
