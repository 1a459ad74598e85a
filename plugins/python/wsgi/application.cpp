#include "wsgi/application.hpp"

#include "core/failure.hpp"
#include "runtime/blocking_body.hpp"
#include "wsgi/exchange.hpp"
#include "wsgi/start_response.hpp"

namespace plughost::python::wsgi {
namespace {

/// wsgi.input that reads the body as it arrives. Empty: a Python error is set.
PyRef make_input(const ph_host* host, const Job& job) {
  const PyRef body = make_blocking_body(host, job);
  const PyRef module = PyRef::steal(body ? PyImport_ImportModule("plughost._wsgi_input") : nullptr);
  return PyRef::steal(module ? PyObject_CallMethod(module.get(), "input_of", "O", body.get())
                             : nullptr);
}

PyRef call(const PyRef& app, const PyRef& environ, const PyRef& start_response) {
  if (!environ || !start_response) return {};
  PyObject* const arguments[] = {nullptr, environ.get(), start_response.get()};
  return PyRef::steal(
      PyObject_Vectorcall(app.get(), arguments + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, nullptr));
}

}  // namespace

Application::Application(PyObject* app, std::string_view mount)
    : app_(PyRef::borrow(app)), environs_(mount, files_.type()) {
  if (!files_.ok() || !environs_.ok())
    throw BindError("", "cannot prepare the WSGI environ: " + describe_error());
}

CallOutcome Application::serve(const ph_host* host, const Job& job,
                               std::atomic<std::uint64_t>& deadline_ns, Reply& reply) try {
  Exchange exchange(host, job, deadline_ns, reply);
  const StartResponse start_response(exchange);
  const bool streams_body = job.route->streams_body;
  const PyRef body = streams_body ? make_input(host, job) : PyRef();
  const PyRef environ = streams_body && !body ? PyRef() : environs_.make(*job.head, body);
  const PyRef result = call(app_, environ, start_response.object());
  if (result) {
    exchange.finish(result.get(), files_);
  } else {
    exchange.fail();
  }
  return exchange.outcome();
} catch (...) {
  PyErr_Clear();
  throw;
}

}  // namespace plughost::python::wsgi
