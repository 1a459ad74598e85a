#include "wsgi/file_wrapper.hpp"

#include <sys/stat.h>

#include <utility>

#include "core/module_state.hpp"

namespace plughost::python::wsgi {
namespace {

bool is_exactly(PyObject* object, const PyRef& type) {
  return reinterpret_cast<PyObject*>(Py_TYPE(object)) == type.get();
}

/// What the method says; -1: it failed, and a Python error is set.
long long number_of(PyObject* file, const PyRef& method) {
  const PyRef number = PyRef::steal(PyObject_CallMethodNoArgs(file, method.get()));
  return number ? PyLong_AsLongLong(number.get()) : -1;
}

}  // namespace

FileWrapper::FileWrapper()
    : type_(import_attribute("wsgiref.util", "FileWrapper")),
      file_io_(import_attribute("io", "FileIO")),
      buffered_reader_(import_attribute("io", "BufferedReader")) {
  if (!type_ || !file_io_ || !buffered_reader_) return;
  const std::pair<PyRef*, const char*> names[] = {
      {&raw_, "raw"}, {&fileno_, "fileno"}, {&tell_, "tell"}, {&filelike_, "filelike"}};
  for (const auto& [place, name] : names) {
    *place = PyRef::steal(PyUnicode_InternFromString(name));
    if (!*place) return;
  }
}

std::optional<FilePart> FileWrapper::part_of(PyObject* result) const {
  if (!is_exactly(result, type_)) return std::nullopt;
  const PyRef file = PyRef::steal(PyObject_GetAttr(result, filelike_.get()));
  const bool plain = file && is_plain(file.get());
  const long long descriptor = plain ? number_of(file.get(), fileno_) : -1;
  const long long offset = descriptor >= 0 ? number_of(file.get(), tell_) : -1;
  PyErr_Clear();
  struct stat status {};
  if (offset < 0 || ::fstat(static_cast<int>(descriptor), &status) != 0 ||
      !S_ISREG(status.st_mode) || status.st_size < offset) {
    return std::nullopt;
  }
  return FilePart{static_cast<int>(descriptor), static_cast<std::uint64_t>(offset),
                  static_cast<std::uint64_t>(status.st_size - offset)};
}

/// What `open(path, "rb")` gives.
bool FileWrapper::is_plain(PyObject* file) const {
  if (is_exactly(file, file_io_)) return true;
  if (!is_exactly(file, buffered_reader_)) return false;
  const PyRef raw = PyRef::steal(PyObject_GetAttr(file, raw_.get()));
  return raw && is_exactly(raw.get(), file_io_);
}

}  // namespace plughost::python::wsgi
