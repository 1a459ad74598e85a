#pragma once

#include <plughost/abi/request.h>

#include <string>
#include <string_view>

#include "core/kept_objects.hpp"
#include "core/py_ref.hpp"

namespace plughost::python::wsgi {

/// Makes the environ of PEP 3333 for the requests of one route.
///
/// What is the same in most requests is made once: the constant part, as a dict to copy, and the
/// keys of headers. SCRIPT_NAME is the literal prefix of the route's pattern, PATH_INFO what
/// follows. A header whose name has an underscore is left out: X_User would pass for X-User.
///
/// Owner:   an Application.
/// Threads: any, GIL held, destruction included. Making a dict may let another thread in, so none
///          is made while the members are looked at; a str never does.
class EnvironMaker final {
 public:
  /// file_wrapper: the class. Errors: ok() is false, and a Python error is set.
  EnvironMaker(std::string_view mount, const PyRef& file_wrapper);
  bool ok() const { return static_cast<bool>(constants_); }

  /// body: wsgi.input; empty: the body is the head's. Empty: a Python error is set.
  PyRef make(const ph_req_head& head, const PyRef& body);

 private:
  /// SERVER_NAME and SERVER_PORT, as the Host that the client asked for has them.
  struct Server {
    std::string host, scheme;
    PyRef name, port;
  };

  PyRef text(std::string_view text);
  PyRef key_of(std::string_view header);
  void read_server(std::string_view host, std::string_view scheme);
  PyRef input(const ph_req_head& head) const;
  PyRef errors() const;
  bool set_request(PyObject* environ, const ph_req_head& head, const PyRef& body);
  bool set_ends(PyObject* environ, const ph_req_head& head);
  bool set_headers(PyObject* environ, const ph_req_head& head);

  std::string mount_;
  PyRef constants_;
  PyRef request_method_, path_info_, query_string_, server_name_, server_port_, server_protocol_,
      remote_addr_, remote_port_, url_scheme_, input_, errors_, content_length_, cookie_, stderr_;
  PyRef bytes_io_, sys_;
  KeptObjects texts_, keys_;
  Server server_;
};

}  // namespace plughost::python::wsgi
