#include "runtime/user_modules.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <stdexcept>

namespace py = pybind11;

namespace plughost::python::user_modules {
namespace {

template <typename... Arguments>
void call(const char* function, Arguments&&... arguments) {
  try {
    py::module_::import("plughost._generations")
        .attr(function)(std::forward<Arguments>(arguments)...);
  } catch (py::error_already_set& error) {
    throw std::runtime_error(error.what());
  }
}

}  // namespace

void install(const std::vector<std::string>& folders) { call("install", folders); }
void begin(std::uint64_t number) { call("begin", number); }
void commit() { call("commit"); }
void drop(std::uint64_t number) { call("drop", number); }
void collect() { call("collect"); }

}  // namespace plughost::python::user_modules
