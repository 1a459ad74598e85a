#include "wsgi/start_response.hpp"

// In this order: the second needs the first.
#include <structmember.h>

#include <cstddef>
#include <exception>

#include "wsgi/exchange.hpp"

namespace plughost::python::wsgi {
namespace {

struct StartObject {
  PyObject_HEAD vectorcallfunc call;
  Exchange* exchange;  // null: the call is over
  unsigned long thread;
};

StartObject& start_of(PyObject* self) { return *reinterpret_cast<StartObject*>(self); }

/// Does work with the exchange, and returns what make gives if that was true. No C++ exception may
/// pass through Python's frames.
template <typename Work, typename Make>
PyObject* with_exchange(PyObject* self, Work work, Make make) noexcept {
  Exchange* const exchange = start_of(self).exchange;
  if (exchange == nullptr || start_of(self).thread != PyThread_get_thread_ident()) {
    PyErr_SetString(PyExc_RuntimeError,
                    exchange == nullptr
                        ? "the call of the WSGI application is over"
                        : "start_response() and write() are for the thread of the call");
    return nullptr;
  }
  try {
    return work(*exchange) ? make() : nullptr;
  } catch (const std::exception&) {
    return PyErr_NoMemory();
  }
}

PyObject* write(PyObject* self, PyObject* piece) {
  return with_exchange(
      self, [&](Exchange& exchange) { return exchange.write(piece); },
      [] { return PyRef::borrow(Py_None).release(); });
}

PyMethodDef kWrite = {"write", write, METH_O, nullptr};

bool is_exc_info(PyObject* names) {
  return names == nullptr ||
         (PyTuple_GET_SIZE(names) == 1 &&
          PyUnicode_CompareWithASCIIString(PyTuple_GET_ITEM(names, 0), "exc_info") == 0);
}

PyObject* start_response(PyObject* self, PyObject* const* arguments, std::size_t count,
                         PyObject* names) {
  const Py_ssize_t by_place = PyVectorcall_NARGS(count);
  const Py_ssize_t all = by_place + (names == nullptr ? 0 : PyTuple_GET_SIZE(names));
  if (by_place < 2 || all > 3 || !is_exc_info(names)) {
    PyErr_SetString(PyExc_TypeError, "start_response() takes (status, headers, exc_info=None)");
    return nullptr;
  }
  PyObject* const exc_info = all == 3 ? arguments[2] : nullptr;
  return with_exchange(
      self,
      [&](Exchange& exchange) { return exchange.start(arguments[0], arguments[1], exc_info); },
      [self] { return PyCFunction_New(&kWrite, self); });
}

void deallocate(PyObject* self) {
  PyTypeObject* const type = Py_TYPE(self);
  PyObject_Free(self);
  Py_DECREF(reinterpret_cast<PyObject*>(type));
}

PyMemberDef kMembers[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(StartObject, call), READONLY, nullptr},
    {nullptr, 0, 0, 0, nullptr}};

PyType_Slot kSlots[] = {{Py_tp_dealloc, reinterpret_cast<void*>(&deallocate)},
                        {Py_tp_call, reinterpret_cast<void*>(&PyVectorcall_Call)},
                        {Py_tp_members, kMembers},
                        {0, nullptr}};

PyType_Spec kSpec = {
    "plughost.StartResponse", sizeof(StartObject), 0,
    Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_HAVE_VECTORCALL, kSlots};

/// Made once and kept: a destructor at exit would run after the interpreter is gone.
PyTypeObject* start_type() {
  static PyTypeObject* const type = reinterpret_cast<PyTypeObject*>(PyType_FromSpec(&kSpec));
  return type;
}

}  // namespace

StartResponse::StartResponse(Exchange& exchange) {
  PyTypeObject* const type = start_type();
  StartObject* const start = type == nullptr ? nullptr : PyObject_New(StartObject, type);
  if (start == nullptr) return;
  start->call = start_response;
  start->exchange = &exchange;
  start->thread = PyThread_get_thread_ident();
  object_ = PyRef::steal(reinterpret_cast<PyObject*>(start));
}

StartResponse::~StartResponse() {
  if (object_) start_of(object_.get()).exchange = nullptr;
}

}  // namespace plughost::python::wsgi
