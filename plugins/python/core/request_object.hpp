#pragma once

#include <plughost/abi/request.h>

#include <utility>

#include "core/py_ref.hpp"
#include "core/target.hpp"

namespace plughost::python {

/// A plughost.Request for one call. Copies what it keeps of the head; headers, query and cookies
/// are taken apart when they are asked for.
///
/// Owner:   the call. The Python object may live on: once this is gone its `cancelled` is False,
///          unless take_probe put that off until disarm_probe.
/// Threads: GIL held.
class RequestObject final {
 public:
  /// stream: a plughost.BodyStream instead of a body; null: head has the body.
  RequestObject(const ph_req_head& head, CancelProbe probe, void* probe_ctx, PyObject* stream);
  ~RequestObject();
  RequestObject(const RequestObject&) = delete;
  RequestObject& operator=(const RequestObject&) = delete;

  /// Empty: a Python error is set.
  const PyRef& object() const { return object_; }
  /// What disarm_probe wants later; empty if there is no probe.
  PyRef take_probe() { return std::exchange(probe_capsule_, PyRef()); }

 private:
  PyRef probe_capsule_;
  PyRef object_;
};

/// From now on the request's `cancelled` is False. GIL held; nothing if probe is empty.
void disarm_probe(const PyRef& probe);

}  // namespace plughost::python
