#pragma once

#include "core/py_ref.hpp"

namespace plughost::python::wsgi {

class Exchange;

/// The start_response callable of one call, which returns a write callable. Those that an
/// application has kept raise RuntimeError when this is gone.
///
/// Owner: the call. Threads: GIL held.
class StartResponse final {
 public:
  explicit StartResponse(Exchange& exchange);
  ~StartResponse();
  StartResponse(const StartResponse&) = delete;
  StartResponse& operator=(const StartResponse&) = delete;

  /// Empty: a Python error is set.
  const PyRef& object() const { return object_; }

 private:
  PyRef object_;
};

}  // namespace plughost::python::wsgi
