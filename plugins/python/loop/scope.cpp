#include "loop/scope.hpp"

#include <algorithm>
#include <iterator>

#include "core/views.hpp"

namespace plughost::python::loop {
namespace {

PyRef utf8(std::string_view text) {
  return PyRef::steal(
      PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "surrogateescape"));
}

PyRef latin1(std::string_view text) {
  return PyRef::steal(
      PyUnicode_DecodeLatin1(text.data(), static_cast<Py_ssize_t>(text.size()), nullptr));
}

PyRef bytes(std::string_view text) {
  return PyRef::steal(PyBytes_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size())));
}

/// Empty: a Python error is set.
PyRef address(const PyRef& host, std::uint32_t port) {
  PyRef pair = PyRef::steal(host ? PyTuple_New(2) : nullptr);
  PyRef number = PyRef::steal(PyLong_FromUnsignedLong(port));
  if (!pair || !number) return {};
  PyTuple_SET_ITEM(pair.get(), 0, PyRef(host).release());
  PyTuple_SET_ITEM(pair.get(), 1, number.release());
  return pair;
}

struct Item {
  const PyRef& key;
  PyRef value;
};

/// False: a Python error is set.
bool put(const PyRef& dict, const Item* items, std::size_t count) {
  return dict && std::all_of(items, items + count, [&](const Item& item) {
           return item.value && PyDict_SetItem(dict.get(), item.key.get(), item.value.get()) == 0;
         });
}

/// The names in Sec-WebSocket-Protocol, in order.
PyRef subprotocols(const ph_req_head& head) {
  PyRef list = PyRef::steal(PyList_New(0));
  for (std::size_t i = 0; list && i < head.n_headers; ++i) {
    if (view(head.headers[i].name) != "sec-websocket-protocol") continue;
    const PyRef line = latin1(view(head.headers[i].value));
    const PyRef comma = PyRef::steal(PyUnicode_FromString(","));
    const PyRef parts =
        PyRef::steal(line && comma ? PyUnicode_Split(line.get(), comma.get(), -1) : nullptr);
    for (Py_ssize_t k = 0; parts && k < PyList_GET_SIZE(parts.get()); ++k) {
      const PyRef name =
          PyRef::steal(PyObject_CallMethod(PyList_GET_ITEM(parts.get(), k), "strip", nullptr));
      if (!name || PyList_Append(list.get(), name.get()) != 0) return {};
    }
    if (!parts) return {};
  }
  return list;
}

}  // namespace

ScopeMaker::ScopeMaker() {
  const std::pair<PyRef*, const char*> texts[] = {
      {&type_, "type"},
      {&http_, "http"},
      {&asgi_, "asgi"},
      {&http_version_, "http_version"},
      {&method_, "method"},
      {&scheme_, "scheme"},
      {&path_, "path"},
      {&raw_path_, "raw_path"},
      {&query_string_, "query_string"},
      {&root_path_, "root_path"},
      {&headers_, "headers"},
      {&client_, "client"},
      {&server_, "server"},
  };
  for (const auto& [place, text] : texts) {
    *place = PyRef::steal(PyUnicode_InternFromString(text));
    if (!*place) return;
  }
  asgi_value_ = PyRef::steal(Py_BuildValue("{ssss}", "version", "3.0", "spec_version", "2.3"));
  ok_ = static_cast<bool>(asgi_value_);
}

PyRef ScopeMaker::text(std::string_view text) { return texts_.get(text, latin1); }

PyRef ScopeMaker::name(std::string_view name) { return names_.get(name, bytes); }

PyRef ScopeMaker::headers(const ph_req_head& head) {
  PyRef list = PyRef::steal(PyList_New(static_cast<Py_ssize_t>(head.n_headers)));
  for (std::size_t i = 0; list && i < head.n_headers; ++i) {
    PyRef pair = PyRef::steal(PyTuple_New(2));
    PyRef key = name(view(head.headers[i].name));
    PyRef value = bytes(view(head.headers[i].value));
    if (!pair || !key || !value) return {};
    PyTuple_SET_ITEM(pair.get(), 0, key.release());
    PyTuple_SET_ITEM(pair.get(), 1, value.release());
    PyList_SET_ITEM(list.get(), static_cast<Py_ssize_t>(i), pair.release());
  }
  return list;
}

PyRef ScopeMaker::client(const ph_req_head& head) {
  const std::string_view addr = view(head.client_addr);
  if (addr.empty()) return PyRef::borrow(Py_None);
  if (addr != client_addr_ || !client_text_) {
    client_text_ = latin1(addr);
    client_addr_ = addr;
  }
  return address(client_text_, head.client_port);
}

bool ScopeMaker::is_like_last(const ph_req_head& head) const {
  return pattern_ && last_.http_version == view(head.http_version) &&
         last_.method == view(head.method) && last_.scheme == view(head.scheme) &&
         last_.mount == view(head.mount) && last_.server_addr == view(head.server_addr) &&
         last_.server_port == head.server_port;
}

/// False: a Python error is set.
bool ScopeMaker::make_pattern(const ph_req_head& head) {
  const PyRef none = PyRef::borrow(Py_None);
  const std::string_view server = view(head.server_addr);
  const Item items[] = {
      {type_, http_},
      {asgi_, asgi_value_},
      {http_version_, text(view(head.http_version))},
      {method_, text(view(head.method))},
      {scheme_, text(view(head.scheme))},
      {path_, none},
      {raw_path_, none},
      {query_string_, none},
      {root_path_, utf8(view(head.mount))},
      {headers_, none},
      {client_, none},
      {server_, server.empty() ? none : address(latin1(server), head.server_port)},
  };
  PyRef pattern = PyRef::steal(PyDict_New());
  if (!put(pattern, items, std::size(items))) return false;
  pattern_ = std::move(pattern);
  last_ = {std::string(view(head.http_version)),
           std::string(view(head.method)),
           std::string(view(head.scheme)),
           std::string(view(head.mount)),
           std::string(server),
           head.server_port};
  return true;
}

PyRef ScopeMaker::make(const ph_req_head& head) {
  if (!is_like_last(head) && !make_pattern(head)) return {};
  const Item items[] = {
      {path_, utf8(view(head.path))},
      {raw_path_, bytes(view(head.raw_path))},
      {query_string_, bytes(view(head.query))},
      {headers_, headers(head)},
      {client_, client(head)},
  };
  PyRef scope = PyRef::steal(PyDict_Copy(pattern_.get()));
  return put(scope, items, std::size(items)) ? scope : PyRef();
}

PyRef ScopeMaker::make_websocket(const ph_req_head& head) {
  PyRef scope = make(head);
  const PyRef list = subprotocols(head);
  const bool is_secure = view(head.scheme) == "https";
  const PyRef others = PyRef::steal(
      list ? Py_BuildValue("{sss{ssss}sssOs{s{}}}", "type", "websocket", "asgi", "version", "3.0",
                           "spec_version", "2.4", "scheme", is_secure ? "wss" : "ws",
                           "subprotocols", list.get(), "extensions", "websocket.http.response")
           : nullptr);
  const bool is_made = scope && others && PyDict_Update(scope.get(), others.get()) == 0 &&
                       PyDict_DelItem(scope.get(), method_.get()) == 0;
  return is_made ? scope : PyRef();
}

}  // namespace plughost::python::loop
