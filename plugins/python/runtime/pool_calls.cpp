#include "runtime/pool_calls.hpp"

#include <pybind11/pybind11.h>

#include <memory>
#include <string>
#include <utility>

#include "core/failure.hpp"
#include "core/target.hpp"
#include "runtime/generations.hpp"

namespace py = pybind11;

namespace plughost::python {
namespace {

constexpr double kPatience = 2.0;  // seconds

std::string submit(Generations& generations, std::uint64_t generation, const std::string& pool,
                   std::uint64_t number, std::string function, std::string bytes) {
  auto call = std::make_unique<pool::Call>();
  call->number = number;
  call->function = std::move(function);
  call->bytes = std::move(bytes);
  return generations.call(generation, pool, std::move(call));
}

/// Calls that have ended, as (number, status, bytes).
py::list take(pool::CallDesk& desk) {
  std::vector<std::unique_ptr<pool::Call>> ended;
  {
    const py::gil_scoped_release release;
    ended = desk.take();
  }
  py::list list;
  for (std::unique_ptr<pool::Call>& call : ended) {
    list.append(py::make_tuple(call->number, call->status, py::bytes(call->bytes)));
    call.reset();
  }
  return list;
}

}  // namespace

void PoolCalls::attach(Generations& generations, const Settings& settings) {
  const py::cpp_function trouble_with(
      [&settings](const std::string& pool) { return Pools::trouble_with(pool, settings); });
  const py::cpp_function submit_call([&generations](std::uint64_t generation,
                                                    const std::string& pool, std::uint64_t number,
                                                    std::string function, const py::bytes& bytes) {
    return submit(generations, generation, pool, number, std::move(function), bytes);
  });
  const py::cpp_function withdraw(
      [&generations](std::uint64_t generation, const std::string& pool, std::uint64_t number) {
        return generations.withdraw(generation, pool, number);
      });
  const py::cpp_function take_ended([&generations] { return take(generations.desk()); });
  try {
    const py::object backend = py::module_::import("plughost._pool_host")
                                   .attr("attach")(trouble_with, submit_call, withdraw, take_ended);
    backend_ = PyRef::borrow(backend.ptr());
  } catch (py::error_already_set& error) {
    throw BindError("", std::string("plughost.pools cannot be set up: ") + error.what());
  }
}

void PoolCalls::stop() {
  if (!backend_) return;
  const PyRef done = PyRef::steal(PyObject_CallMethod(backend_.get(), "stop", "d", kPatience));
  if (!done) PyErr_Clear();
}

void PoolCalls::clear() {
  stop();
  backend_ = PyRef();
}

}  // namespace plughost::python
