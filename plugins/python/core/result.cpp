#include "core/result.hpp"

#include "core/failure.hpp"
#include "core/json_encoder.hpp"
#include "core/module_state.hpp"
#include "core/reply_headers.hpp"

namespace plughost::python {
namespace {

constexpr char kJson[] = "application/json";
constexpr char kText[] = "text/plain; charset=utf-8";
constexpr char kBytes[] = "application/octet-stream";

bool set_content_type(Reply& reply, const char* type) {
  if (reply.headers.empty() || !has_content_type(reply)) {
    reply.headers.emplace_back("content-type", type);
  }
  return true;
}

bool write_text(PyObject* text, Reply& reply, std::string& why) {
  const std::string_view bytes = utf8_of(text);
  if (bytes.data() == nullptr) {
    why = "returned a str with a lone surrogate, which has no UTF-8";
    return false;
  }
  reply.body = bytes;
  return set_content_type(reply, kText);
}

bool write_bytes(const char* data, Py_ssize_t size, Reply& reply) {
  reply.body.assign(data, static_cast<std::size_t>(size));
  return set_content_type(reply, kBytes);
}

bool write_json(PyObject* body, Reply& reply, std::string& why) {
  if (encode_json(body, reply.body, why)) return set_content_type(reply, kJson);
  why = "the result cannot be sent as JSON: " + why;
  return false;
}

bool is_json_value(PyObject* body) {
  return PyDict_Check(body) || PyList_Check(body) || PyLong_Check(body) || PyFloat_Check(body);
}

bool keep_stream(PyObject* body, PyRef* stream, std::string& why) {
  if (stream == nullptr) {
    why = "returned a stream, which cannot leave a pool worker";
    return false;
  }
  *stream = PyRef::borrow(body);
  return true;
}

/// A dataclass, an enum, a date: what has simpler words in JSON. A named tuple too.
bool write_other(PyObject* body, Reply& reply, PyRef* stream, std::string& why) {
  if (PyIter_Check(body) || is_async_iterable(body)) return keep_stream(body, stream, why);
  if (PyTuple_Check(body)) return write_json(body, reply, why);
  const PyRef simple = simplified(body, why);
  if (simple) return write_json(body, reply, why);
  why = why.empty() ? std::string("returned a value of type ") + Py_TYPE(body)->tp_name +
                          "; it must be dict, list, str, bytes, int, float, bool, None, Response, "
                          "an iterator or a tuple (body, status[, headers])"
                    : "returned what cannot be sent: " + why;
  return false;
}

bool write_body(PyObject* body, Reply& reply, PyRef* stream, std::string& why) {
  if (is_json_value(body)) return write_json(body, reply, why);
  if (PyUnicode_Check(body)) return write_text(body, reply, why);
  if (PyBytes_Check(body)) {
    return write_bytes(PyBytes_AS_STRING(body), PyBytes_GET_SIZE(body), reply);
  }
  if (PyByteArray_Check(body)) {
    return write_bytes(PyByteArray_AS_STRING(body), PyByteArray_GET_SIZE(body), reply);
  }
  if (body == Py_None) return true;
  return write_other(body, reply, stream, why);
}

/// 204, 205 and 304 have no content (RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5).
bool drop_forbidden_body(Reply& reply) {
  if (reply.status != 204 && reply.status != 205 && reply.status != 304) return false;
  reply.body.clear();
  drop_content_type(reply);
  return true;
}

bool write_parts(PyObject* body, PyObject* status, PyObject* headers, Reply& reply, PyRef* stream,
                 std::string& why) {
  if (!read_status(status, reply.status, why)) return false;
  if (!read_headers(headers, reply, why)) return false;
  if (!write_body(body, reply, stream, why)) return false;
  if (drop_forbidden_body(reply) && stream != nullptr) *stream = PyRef();
  return true;
}

bool write_tuple(PyObject* parts, Reply& reply, PyRef* stream, std::string& why) {
  const Py_ssize_t size = PyTuple_GET_SIZE(parts);
  if (size != 2 && size != 3) {
    why = "returned a tuple of " + std::to_string(size) +
          "; it must be (body, status) or (body, status, headers)";
    return false;
  }
  PyObject* headers = size == 3 ? PyTuple_GET_ITEM(parts, 2) : Py_None;
  return write_parts(PyTuple_GET_ITEM(parts, 0), PyTuple_GET_ITEM(parts, 1), headers, reply, stream,
                     why);
}

bool write_response(PyObject* response, Reply& reply, PyRef* stream, std::string& why) {
  const ModuleState& state = module_state();
  const PyRef body = PyRef::steal(PyObject_GetAttr(response, state.body.get()));
  const PyRef status =
      PyRef::steal(body ? PyObject_GetAttr(response, state.status.get()) : nullptr);
  const PyRef headers =
      PyRef::steal(status ? PyObject_GetAttr(response, state.headers.get()) : nullptr);
  const PyRef type =
      PyRef::steal(headers ? PyObject_GetAttr(response, state.content_type.get()) : nullptr);
  if (!type) {
    why = "Response: " + describe_error();
    return false;
  }
  if (type.get() != Py_None) {
    const PyRef pair = PyRef::steal(Py_BuildValue("((sO))", "content-type", type.get()));
    if (!pair || !read_headers(pair.get(), reply, why)) return false;
  }
  return write_parts(body.get(), status.get(), headers.get(), reply, stream, why);
}

}  // namespace

bool is_async_iterable(PyObject* body) {
  const PyAsyncMethods* methods = Py_TYPE(body)->tp_as_async;
  return methods != nullptr && methods->am_aiter != nullptr;
}

bool write_result(PyObject* result, Reply& reply, PyRef* stream, std::string& why) {
  if (PyDict_CheckExact(result)) return write_json(result, reply, why);
  if (result == Py_None) {
    reply.status = 204;
    return true;
  }
  if (PyTuple_CheckExact(result)) return write_tuple(result, reply, stream, why);
  if (PyObject_TypeCheck(result,
                         reinterpret_cast<PyTypeObject*>(module_state().response_type.get()))) {
    return write_response(result, reply, stream, why);
  }
  return write_body(result, reply, stream, why);
}

}  // namespace plughost::python
