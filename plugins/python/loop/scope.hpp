#pragma once

#include <plughost/abi/request.h>

#include <string>
#include <string_view>

#include "core/kept_objects.hpp"
#include "core/py_ref.hpp"

namespace plughost::python::loop {

/// Makes the connection scopes of ASGI 3 (HTTP, spec version 2.3).
///
/// What is the same in most requests is made once: a scope begins as a copy of a pattern. root_path
/// is the literal prefix of the route's pattern, and path begins with it, as in uvicorn.
///
/// Owner:   the EventLoop. Threads: the loop's, GIL held, destruction included.
class ScopeMaker final {
 public:
  /// Errors: false from ok() and a Python error set.
  ScopeMaker();
  bool ok() const { return ok_; }

  /// Empty: a Python error is set.
  PyRef make(const ph_req_head& head);
  /// The scope of a WebSocket connection (spec version 2.4), the same in all but a few keys.
  PyRef make_websocket(const ph_req_head& head);

 private:
  /// A str that was made before, while there are few.
  PyRef text(std::string_view text);
  PyRef name(std::string_view name);
  PyRef headers(const ph_req_head& head);
  PyRef client(const ph_req_head& head);
  bool is_like_last(const ph_req_head& head) const;
  bool make_pattern(const ph_req_head& head);

  PyRef type_, http_, asgi_, asgi_value_, http_version_, method_, scheme_, path_, raw_path_,
      query_string_, root_path_, headers_, client_, server_;
  KeptObjects texts_, names_;
  PyRef pattern_;  ///< the last scope, with None for what differs in each request
  struct {
    std::string http_version, method, scheme, mount, server_addr;
    std::uint32_t server_port = 0;
  } last_;
  std::string client_addr_;
  PyRef client_text_;
  bool ok_ = false;
};

}  // namespace plughost::python::loop
