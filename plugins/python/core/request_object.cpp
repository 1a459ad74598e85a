#include "core/request_object.hpp"

#include <string>

#include "core/module_state.hpp"
#include "core/views.hpp"

namespace plughost::python {
namespace {

/// What `cancelled` asks. ask is null once the call is over.
struct Probe {
  CancelProbe ask;
  void* ctx;
};

PyObject* is_cancelled(PyObject* capsule, PyObject*) {
  const auto* probe = static_cast<const Probe*>(PyCapsule_GetPointer(capsule, nullptr));
  if (probe == nullptr) return nullptr;
  return PyBool_FromLong(probe->ask != nullptr && probe->ask(probe->ctx));
}

PyMethodDef kIsCancelled = {"is_cancelled", is_cancelled, METH_NOARGS, nullptr};

void free_probe(PyObject* capsule) {
  delete static_cast<Probe*>(PyCapsule_GetPointer(capsule, nullptr));
}

PyRef make_capsule(CancelProbe ask, void* ctx) {
  auto* probe = new Probe{ask, ctx};
  PyRef capsule = PyRef::steal(PyCapsule_New(probe, nullptr, free_probe));
  if (!capsule) delete probe;
  return capsule;
}

PyRef latin1(std::string_view text) {
  return PyRef::steal(
      PyUnicode_DecodeLatin1(text.data(), static_cast<Py_ssize_t>(text.size()), nullptr));
}

PyRef utf8(std::string_view text) {
  return PyRef::steal(
      PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
}

/// One str with a line for each header, `name:value`: neither can hold a line feed.
PyRef header_lines(const ph_req_head& head) {
  std::string lines;
  for (std::size_t index = 0; index < head.n_headers; ++index) {
    lines += view(head.headers[index].name);
    lines += ':';
    lines += view(head.headers[index].value);
    lines += '\n';
  }
  return latin1(lines);
}

PyRef path_params(const ph_req_head& head) {
  PyRef params = PyRef::steal(PyDict_New());
  for (std::size_t index = 0; params && index < head.n_params; ++index) {
    const PyRef name = utf8(view(head.params[index].name));
    const PyRef value = utf8(view(head.params[index].value));
    if (!name || !value || PyDict_SetItem(params.get(), name.get(), value.get()) != 0) return {};
  }
  return params;
}

PyRef client_of(const ph_req_head& head) {
  if (head.client_addr.len == 0) return PyRef::borrow(Py_None);
  const PyRef address = latin1(view(head.client_addr));
  return PyRef::steal(address ? Py_BuildValue("(OI)", address.get(), head.client_port) : nullptr);
}

PyRef probe_function(const PyRef& capsule, CancelProbe ask) {
  if (ask == nullptr) return PyRef::borrow(Py_None);
  return PyRef::steal(capsule ? PyCFunction_New(&kIsCancelled, capsule.get()) : nullptr);
}

}  // namespace

RequestObject::RequestObject(const ph_req_head& head, CancelProbe probe, void* probe_ctx,
                             PyObject* stream) {
  if (probe != nullptr) probe_capsule_ = make_capsule(probe, probe_ctx);
  const std::string_view body = view(head.body);
  // In the order of request_from_host(); a leading slot is free for the interpreter's use.
  const PyRef parts[] = {
      latin1(view(head.method)),
      utf8(view(head.path)),
      latin1(view(head.scheme)),
      latin1(view(head.host)),
      utf8(view(head.raw_target)),
      latin1(view(head.query)),
      header_lines(head),
      path_params(head),
      PyRef::steal(PyBytes_FromStringAndSize(body.data(), static_cast<Py_ssize_t>(body.size()))),
      client_of(head),
      probe_function(probe_capsule_, probe),
      PyRef::borrow(stream == nullptr ? Py_None : stream),
  };
  constexpr std::size_t kCount = sizeof(parts) / sizeof(parts[0]);
  PyObject* arguments[kCount + 1] = {};
  for (std::size_t index = 0; index < kCount; ++index) {
    if (!parts[index]) return;
    arguments[index + 1] = parts[index].get();
  }
  object_ = PyRef::steal(PyObject_Vectorcall(module_state().request_from_host.get(), arguments + 1,
                                             kCount | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr));
}

RequestObject::~RequestObject() { disarm_probe(probe_capsule_); }

void disarm_probe(const PyRef& probe) {
  if (!probe) return;
  static_cast<Probe*>(PyCapsule_GetPointer(probe.get(), nullptr))->ask = nullptr;
}

}  // namespace plughost::python
