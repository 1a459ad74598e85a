#pragma once

#include <memory>
#include <string_view>

#include "core/py_ref.hpp"
#include "runtime/backend.hpp"
#include "wsgi/environ.hpp"
#include "wsgi/file_wrapper.hpp"

namespace plughost::python::wsgi {

/// A WSGI application (PEP 3333), called on dispatch threads.
///
/// Owner:   its route. Threads: GIL held, destruction included.
class Application final : public Gateway {
 public:
  /// mount: the literal prefix of the route's pattern. Errors: throws BindError.
  Application(PyObject* app, std::string_view mount);

  CallOutcome serve(const ph_host* host, const Job& job, std::atomic<std::uint64_t>& deadline_ns,
                    Reply& reply) override;

 private:
  const PyRef app_;
  const FileWrapper files_;
  EnvironMaker environs_;
};

}  // namespace plughost::python::wsgi
