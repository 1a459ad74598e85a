#pragma once

#include <plughost/abi/abi.h>

#include <cstdint>

#include "core/py_ref.hpp"

namespace plughost::python {

/// Pulls the body of one request out of the host, piece by piece.
///
/// Holds nothing of it: the host keeps up to 256 KiB and then holds the client back.
///
/// Owner:   what reads for the handler; may outlive the request, whose body then is `gone`.
/// Threads: GIL held. Every terminal call is made with it too, so a view is never copied while the
///          host takes it back.
/// Limits:  pieces of up to kPiece bytes.
class BodyReader final {
 public:
  static constexpr std::size_t kPiece = 64 * 1024;

  /// Of a handler flagged PH_HF_STREAM_BODY.
  BodyReader(const ph_host* host, ph_req token, const ph_req_head& head);

  enum class Next {
    piece,    ///< piece is a bytes object, never b""; empty: a Python error is set
    end,      ///< there is no more
    pending,  ///< not yet: notify
    gone,     ///< the rest will not come, and the client has its answer, if it is there
  };
  Next next(PyRef& piece);
  /// Nothing follows what next gave. Of a chunked body only next itself may know.
  bool at_end() const { return left_ == 0; }
  /// on_body of the host: fires once when next has something new to say.
  ph_status notify(const ph_notify& notification) const;

 private:
  const ph_host* host_;
  ph_req token_;
  std::uint64_t left_;  // PH_CONTENT_LENGTH_UNKNOWN: nobody knows
};

/// A plughost.BodyStream that reads by that function; nothing if read is empty. Empty: a Python
/// error is set.
PyRef make_body_stream(const PyRef& read, bool on_loop);
/// Raises plughost.IncompleteBody.
void raise_incomplete_body();

}  // namespace plughost::python
