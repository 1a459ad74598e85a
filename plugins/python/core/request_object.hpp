#pragma once

#include <plughost/abi/request.h>

#include "core/py_ref.hpp"
#include "core/target.hpp"

namespace plughost::python {

/// A plughost.Request for one call. Copies what it keeps of the head; headers, query and cookies
/// are taken apart when they are asked for.
///
/// Owner:   the call. The Python object may live on: once this is gone its `cancelled` is False.
/// Threads: GIL held.
class RequestObject final {
 public:
  RequestObject(const ph_req_head& head, CancelProbe probe, void* probe_ctx);
  ~RequestObject();
  RequestObject(const RequestObject&) = delete;
  RequestObject& operator=(const RequestObject&) = delete;

  /// Empty: a Python error is set.
  const PyRef& object() const { return object_; }

 private:
  PyRef probe_capsule_;
  PyRef object_;
};

}  // namespace plughost::python
