#include "runtime/blocking_body.hpp"

#include "runtime/body_reader.hpp"
#include "runtime/gate.hpp"

namespace plughost::python {
namespace {

/// False: a Python error is set.
bool wait_for_more(const BodyReader& reader) {
  const auto gate = std::make_shared<Gate>();
  const ph_status status = reader.notify(Gate::opener(gate));
  if (status == PH_E_STATE) {
    PyErr_SetString(PyExc_RuntimeError, "another thread waits for this body already");
    return false;
  }
  if (status != PH_OK) return true;
  PyThreadState* const state = PyEval_SaveThread();
  gate->pass();
  PyEval_RestoreThread(state);
  return true;
}

PyObject* read(PyObject* capsule, PyObject*) {
  auto* reader = static_cast<BodyReader*>(PyCapsule_GetPointer(capsule, nullptr));
  while (reader != nullptr) {
    PyRef piece;
    switch (reader->next(piece)) {
      case BodyReader::Next::piece:
        return piece.release();
      case BodyReader::Next::end:
        return PyBytes_FromStringAndSize(nullptr, 0);
      case BodyReader::Next::gone:
        raise_incomplete_body();
        return nullptr;
      case BodyReader::Next::pending:
        if (!wait_for_more(*reader)) return nullptr;
    }
  }
  return nullptr;
}

PyMethodDef kRead = {"read", read, METH_NOARGS, nullptr};

void free_reader(PyObject* capsule) {
  delete static_cast<BodyReader*>(PyCapsule_GetPointer(capsule, nullptr));
}

}  // namespace

PyRef make_blocking_body(const ph_host* host, const Job& job) {
  auto reader = std::make_unique<BodyReader>(host, job.token, *job.head);
  const PyRef capsule = PyRef::steal(PyCapsule_New(reader.get(), nullptr, free_reader));
  if (!capsule) return {};
  static_cast<void>(reader.release());
  const PyRef function = PyRef::steal(PyCFunction_New(&kRead, capsule.get()));
  return make_body_stream(function, false);
}

}  // namespace plughost::python
