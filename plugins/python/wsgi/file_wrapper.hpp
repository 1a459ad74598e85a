#pragma once

#include <optional>

#include "core/py_ref.hpp"
#include "runtime/answer.hpp"

namespace plughost::python::wsgi {

/// wsgi.file_wrapper of PEP 3333: wsgiref's, whose files the host sends by itself where it can.
///
/// Owner:   an Application. Threads: any, GIL held, destruction included.
class FileWrapper final {
 public:
  /// Errors: ok() is false, and a Python error is set.
  FileWrapper();
  bool ok() const { return static_cast<bool>(filelike_); }

  /// The class that applications call.
  const PyRef& type() const { return type_; }

  /// What is left to read of the file in result. Nothing: result is no such wrapper, or its file is
  /// more than its descriptor, as those of gzip are.
  std::optional<FilePart> part_of(PyObject* result) const;

 private:
  bool is_plain(PyObject* file) const;

  PyRef type_, file_io_, buffered_reader_;
  PyRef raw_, fileno_, tell_, filelike_;
};

}  // namespace plughost::python::wsgi
