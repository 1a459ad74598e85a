#include "wsgi/environ.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "core/module_state.hpp"
#include "core/views.hpp"

namespace plughost::python::wsgi {
namespace {

PyRef latin1(std::string_view text) {
  return PyRef::steal(
      PyUnicode_DecodeLatin1(text.data(), static_cast<Py_ssize_t>(text.size()), nullptr));
}

PyRef interned(const char* text) { return PyRef::steal(PyUnicode_InternFromString(text)); }

PyRef number(std::uint64_t value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return latin1({digits.data(), static_cast<std::size_t>(end - digits.data())});
}

bool set(PyObject* environ, const PyRef& key, const PyRef& value) {
  return value && PyDict_SetItem(environ, key.get(), value.get()) == 0;
}

/// `x-name` is HTTP_X_NAME; the two that CGI knows by themselves have no prefix.
PyRef make_key(std::string_view header) {
  const bool bare = header == "content-type" || header == "content-length";
  std::string key(bare ? "" : "HTTP_");
  for (const char c : header) {
    const bool lower = c >= 'a' && c <= 'z';
    key += c == '-' ? '_' : lower ? static_cast<char>(c - 'a' + 'A') : c;
  }
  PyObject* text = latin1(key).release();
  if (text != nullptr) PyUnicode_InternInPlace(&text);
  return PyRef::steal(text);
}

/// Where the port of a Host begins, its colon included; the end if it has none.
std::size_t port_of(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  const std::size_t bracket = host.rfind(']');
  const bool has_port = colon != host.npos && (bracket == host.npos || colon > bracket);
  return has_port ? colon : host.size();
}

/// What a header that came twice says (RFC 9110 section 5.3; RFC 6265 section 5.4 for cookies).
PyRef joined(PyObject* first, bool is_cookie, const PyRef& second) {
  return PyRef::steal(PyUnicode_FromFormat("%U%s%U", first, is_cookie ? "; " : ",", second.get()));
}

/// What is the same in every request of a route.
PyRef make_constants(std::string_view mount, const PyRef& file_wrapper) {
  const PyRef script = latin1(mount);
  const PyRef version = PyRef::steal(Py_BuildValue("(ii)", 1, 0));
  const std::pair<const char*, PyObject*> items[] = {
      {"SCRIPT_NAME", script.get()},
      {"wsgi.version", version.get()},
      {"wsgi.multithread", Py_True},
      {"wsgi.multiprocess", Py_False},
      {"wsgi.input_terminated", Py_True},
      {"wsgi.run_once", Py_False},
      {"wsgi.file_wrapper", file_wrapper.get()},
  };
  PyRef constants = PyRef::steal(script && version && file_wrapper ? PyDict_New() : nullptr);
  for (const auto& [name, value] : items) {
    const PyRef key = interned(name);
    if (!constants || !key || PyDict_SetItem(constants.get(), key.get(), value) != 0) return {};
  }
  return constants;
}

/// A copy of a dict has room where entries were once. Without it each request with a few headers
/// would make its dict grow.
bool make_room(PyObject* dict) {
  constexpr std::uint64_t kEntries = 22;  // one more than fit into the next smaller table
  std::vector<PyRef> fillers;
  for (auto count = static_cast<std::uint64_t>(PyDict_Size(dict)); count < kEntries; ++count) {
    fillers.push_back(number(count));
    if (!set(dict, fillers.back(), fillers.back())) return false;
  }
  return std::all_of(fillers.begin(), fillers.end(), [dict](const PyRef& filler) {
    return PyDict_DelItem(dict, filler.get()) == 0;
  });
}

}  // namespace

EnvironMaker::EnvironMaker(std::string_view mount, const PyRef& file_wrapper) : mount_(mount) {
  const std::pair<PyRef*, const char*> always[] = {
      {&request_method_, "REQUEST_METHOD"},
      {&path_info_, "PATH_INFO"},
      {&query_string_, "QUERY_STRING"},
      {&server_name_, "SERVER_NAME"},
      {&server_port_, "SERVER_PORT"},
      {&server_protocol_, "SERVER_PROTOCOL"},
      {&url_scheme_, "wsgi.url_scheme"},
      {&input_, "wsgi.input"},
      {&errors_, "wsgi.errors"},
  };
  const std::pair<PyRef*, const char*> sometimes[] = {
      {&remote_addr_, "REMOTE_ADDR"},
      {&remote_port_, "REMOTE_PORT"},
      {&content_length_, "CONTENT_LENGTH"},
      {&cookie_, "HTTP_COOKIE"},
      {&stderr_, "stderr"},
  };
  PyRef constants = make_constants(mount, file_wrapper);
  for (const auto& [place, name] : sometimes) *place = interned(name);
  for (const auto& [place, name] : always) {
    *place = interned(name);
    if (!constants || !*place || !set(constants.get(), *place, *place)) return;
  }
  bytes_io_ = import_attribute("io", "BytesIO");
  sys_ = import_attribute("sys", "__dict__");
  if (bytes_io_ && sys_ && stderr_ && make_room(constants.get())) constants_ = constants;
}

PyRef EnvironMaker::text(std::string_view text) { return texts_.get(text, latin1); }

PyRef EnvironMaker::key_of(std::string_view header) { return keys_.get(header, make_key); }

void EnvironMaker::read_server(std::string_view host, std::string_view scheme) {
  if (server_.name && server_.port && server_.host == host && server_.scheme == scheme) return;
  const std::size_t colon = port_of(host);
  const std::string_view fallback = scheme == "https" ? "443" : "80";
  server_ = {std::string(host), std::string(scheme),
             latin1(colon == 0 ? "localhost" : host.substr(0, colon)),
             latin1(colon + 1 >= host.size() ? fallback : host.substr(colon + 1))};
}

/// The one place where wsgi.input is made.
PyRef EnvironMaker::input(const ph_req_head& head) const {
  if (head.body.len == 0) return PyRef::steal(PyObject_CallNoArgs(bytes_io_.get()));
  const std::string_view body = view(head.body);
  const PyRef bytes =
      PyRef::steal(PyBytes_FromStringAndSize(body.data(), static_cast<Py_ssize_t>(body.size())));
  return PyRef::steal(bytes ? PyObject_CallOneArg(bytes_io_.get(), bytes.get()) : nullptr);
}

/// sys.stderr of this moment.
PyRef EnvironMaker::errors() const {
  PyObject* const found = PyDict_GetItemWithError(sys_.get(), stderr_.get());
  return PyRef::borrow(found == nullptr ? Py_None : found);
}

bool EnvironMaker::set_request(PyObject* environ, const ph_req_head& head, const PyRef& body) {
  std::string_view path = view(head.path);
  if (path.substr(0, mount_.size()) == mount_) path.remove_prefix(mount_.size());
  const bool is_1_0 = view(head.http_version) == "1.0";
  return set(environ, request_method_, text(view(head.method))) &&
         set(environ, path_info_, latin1(path)) &&
         set(environ, query_string_, latin1(view(head.query))) &&
         set(environ, server_protocol_, text(is_1_0 ? "HTTP/1.0" : "HTTP/1.1")) &&
         set(environ, url_scheme_, text(view(head.scheme))) &&
         set(environ, input_, body ? body : input(head)) && set(environ, errors_, errors());
}

bool EnvironMaker::set_ends(PyObject* environ, const ph_req_head& head) {
  if (head.host.len == 0 && head.server_addr.len != 0) {  // HTTP/1.0
    if (!set(environ, server_name_, text(view(head.server_addr))) ||
        !set(environ, server_port_, number(head.server_port))) {
      return false;
    }
  } else {
    read_server(view(head.host), view(head.scheme));
    const PyRef name = server_.name;
    const PyRef port = server_.port;
    if (!set(environ, server_name_, name) || !set(environ, server_port_, port)) return false;
  }
  if (head.client_addr.len == 0) return true;  // a Unix socket
  return set(environ, remote_addr_, text(view(head.client_addr))) &&
         set(environ, remote_port_, number(head.client_port));
}

bool EnvironMaker::set_headers(PyObject* environ, const ph_req_head& head) {
  for (std::size_t i = 0; i < head.n_headers; ++i) {
    const std::string_view name = view(head.headers[i].name);
    if (name.find('_') != name.npos) continue;
    const PyRef key = key_of(name);
    const PyRef value = latin1(view(head.headers[i].value));
    if (!key || !value) return false;
    // Two values may be one object: the size tells whether the key was there.
    const Py_ssize_t size = PyDict_GET_SIZE(environ);
    PyObject* const there = PyDict_SetDefault(environ, key.get(), value.get());
    if (there == nullptr) return false;
    if (PyDict_GET_SIZE(environ) > size) continue;
    if (!set(environ, key, joined(there, key.get() == cookie_.get(), value))) return false;
  }
  // However the body came.
  return head.body.len == 0 || set(environ, content_length_, number(head.body.len));
}

PyRef EnvironMaker::make(const ph_req_head& head, const PyRef& body) {
  PyRef environ = PyRef::steal(PyDict_Copy(constants_.get()));
  if (!environ || !set_request(environ.get(), head, body) || !set_ends(environ.get(), head) ||
      !set_headers(environ.get(), head)) {
    return {};
  }
  return environ;
}

}  // namespace plughost::python::wsgi
