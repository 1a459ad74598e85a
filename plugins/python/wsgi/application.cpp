#include "wsgi/application.hpp"

#include "core/failure.hpp"
#include "wsgi/exchange.hpp"
#include "wsgi/start_response.hpp"

namespace plughost::python::wsgi {
namespace {

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
  const PyRef result = call(app_, environs_.make(*job.head), start_response.object());
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
