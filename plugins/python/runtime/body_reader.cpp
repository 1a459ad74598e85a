#include "runtime/body_reader.hpp"

#include "core/module_state.hpp"

namespace plughost::python {

BodyReader::BodyReader(const ph_host* host, ph_req token, const ph_req_head& head)
    : host_(host),
      token_(token),
      left_((head.flags & PH_RF_BODY_COMPLETE) != 0 ? head.body.len : head.content_length) {}

BodyReader::Next BodyReader::next(PyRef& piece) {
  if (left_ == 0) return Next::end;
  ph_buf bytes{};
  const ph_status status = host_->http->read_body(host_, token_, kPiece, &bytes);
  if (status == PH_PENDING) return Next::pending;
  if (status != PH_OK) return Next::gone;
  if (bytes.len == 0) {
    left_ = 0;
    return Next::end;
  }
  if (left_ != PH_CONTENT_LENGTH_UNKNOWN) left_ -= bytes.len;
  piece = PyRef::steal(PyBytes_FromStringAndSize(static_cast<const char*>(bytes.ptr),
                                                 static_cast<Py_ssize_t>(bytes.len)));
  return Next::piece;
}

ph_status BodyReader::notify(const ph_notify& notification) const {
  return host_->http->on_body(host_, token_, notification);
}

PyRef make_body_stream(const PyRef& read, bool on_loop) {
  if (!read) return {};
  return PyRef::steal(PyObject_CallFunction(module_state().body_stream_type.get(), "OO", read.get(),
                                            on_loop ? Py_True : Py_False));
}

void raise_incomplete_body() {
  const PyRef error = PyRef::steal(PyObject_CallNoArgs(module_state().incomplete_body_type.get()));
  if (error) PyErr_SetObject(module_state().incomplete_body_type.get(), error.get());
}

}  // namespace plughost::python
