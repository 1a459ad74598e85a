#pragma once

#include <vector>

#include "core/py_ref.hpp"

namespace plughost::python::loop {

class EventLoop;

/// Futures that wait for the same news, one for each task: to cancel one leaves the others alone.
///
/// Owner: a call. Threads: the loop's, GIL held, destruction included.
class Waiters final {
 public:
  /// A future, done at the next wake. Empty: a Python error is set.
  PyRef add(EventLoop& loop);
  /// The value of all is None.
  void wake();

 private:
  std::vector<PyRef> futures_;
};

bool is_done(const PyRef& future);
/// Nothing if the future is done already.
void set_future(const PyRef& future, const PyRef& value);

}  // namespace plughost::python::loop
