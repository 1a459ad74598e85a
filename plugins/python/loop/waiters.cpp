#include "loop/waiters.hpp"

#include <algorithm>

#include "loop/event_loop.hpp"

namespace plughost::python::loop {

PyRef Waiters::add(EventLoop& loop) {
  futures_.erase(std::remove_if(futures_.begin(), futures_.end(), &is_done), futures_.end());
  PyRef future = loop.make_future();
  if (future) futures_.push_back(future);
  return future;
}

void Waiters::wake() {
  std::vector<PyRef> futures;
  futures.swap(futures_);
  for (const PyRef& future : futures) set_future(future, PyRef::borrow(Py_None));
}

bool is_done(const PyRef& future) {
  const PyRef done = PyRef::steal(PyObject_CallMethod(future.get(), "done", nullptr));
  if (!done) PyErr_Clear();
  return !done || done.get() == Py_True;
}

void set_future(const PyRef& future, const PyRef& value) {
  if (!value || is_done(future)) return PyErr_Clear();
  const PyRef set = PyRef::steal(PyObject_CallMethod(future.get(), "set_result", "O", value.get()));
  if (!set) PyErr_Clear();
}

}  // namespace plughost::python::loop
