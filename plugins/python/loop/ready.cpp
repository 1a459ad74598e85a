#include "loop/ready.hpp"

namespace plughost::python::loop {
namespace {

struct ReadyObject {
  PyObject_HEAD PyObject* value;
};

ReadyObject& ready_of(PyObject* self) { return *reinterpret_cast<ReadyObject*>(self); }

void deallocate(PyObject* self) {
  PyTypeObject* const type = Py_TYPE(self);
  Py_CLEAR(ready_of(self).value);
  PyObject_Free(self);
  Py_DECREF(reinterpret_cast<PyObject*>(type));
}

PyObject* itself(PyObject* self) { return PyRef::borrow(self).release(); }

PyObject* next(PyObject* self) {
  PyErr_SetObject(PyExc_StopIteration, ready_of(self).value);
  return nullptr;
}

PySendResult send(PyObject* self, PyObject* /*value*/, PyObject** result) {
  *result = PyRef::borrow(ready_of(self).value).release();
  return PYGEN_RETURN;
}

PyType_Slot kSlots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(&deallocate)},
                        {Py_am_await, reinterpret_cast<void*>(&itself)},
                        {Py_am_send, reinterpret_cast<void*>(&send)},
                        {Py_tp_iter, reinterpret_cast<void*>(&itself)},
                        {Py_tp_iternext, reinterpret_cast<void*>(&next)},
                        {0, nullptr}};

PyType_Spec kSpec = {"plughost.Ready", sizeof(ReadyObject), 0,
                     Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, kSlots};

}  // namespace

PyRef make_ready(PyRef value) {
  static PyTypeObject* const type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&kSpec));
  if (type == nullptr || !value) return {};
  ReadyObject* const ready = PyObject_New(ReadyObject, type);
  if (ready == nullptr) return {};
  ready->value = value.release();
  return PyRef::steal(reinterpret_cast<PyObject*>(ready));
}

PyRef ready_none() {
  static PyObject* const ready = make_ready(PyRef::borrow(Py_None)).release();
  return PyRef::borrow(ready);
}

}  // namespace plughost::python::loop
