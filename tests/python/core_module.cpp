// plughost_core_test: the parts of plugins/python/core that the tests of this folder call.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <chrono>

#include "core/json_decoder.hpp"
#include "core/json_encoder.hpp"
#include "core/module_state.hpp"
#include "core/target.hpp"

namespace py = pybind11;

namespace plughost::python {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

py::bytes encode(const py::object& value) {
  std::string text;
  std::string error;
  if (!encode_json(value.ptr(), text, error)) throw py::value_error(error);
  return text;
}

py::object decode(const std::string& text) {
  JsonError error;
  PyRef value = decode_json(text, error);
  if (!value) throw py::value_error(error.reason);
  return py::reinterpret_steal<py::object>(value.release());
}

ph_str view_of(const std::string& text) { return {text.data(), text.size()}; }

std::vector<ph_header> views_of(const Pairs& pairs) {
  std::vector<ph_header> views;
  for (const auto& pair : pairs) views.push_back({view_of(pair.first), view_of(pair.second)});
  return views;
}

/// One target, called with heads made of what Python gives.
class Callee {
 public:
  Callee(const std::string& spec, const std::vector<std::string>& params)
      : target_(Target::load(spec, params)) {}

  py::tuple call(const std::string& method, const std::string& path, const std::string& query,
                 const Pairs& headers, const Pairs& params, const std::string& body, int times) {
    const auto header_views = views_of(headers);
    const auto param_views = views_of(params);
    ph_req_head head{};
    head.size = sizeof(head);
    head.method = view_of(method);
    head.raw_target = head.raw_path = head.path = view_of(path);
    head.query = view_of(query);
    head.headers = header_views.data();
    head.n_headers = header_views.size();
    head.params = param_views.data();
    head.n_params = param_views.size();
    head.body = {body.data(), body.size()};
    Reply reply;
    const auto start = std::chrono::steady_clock::now();
    for (int count = 0; count < times; ++count) target_->call(head, nullptr, nullptr, reply);
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    return py::make_tuple(reply.status, reply.headers, py::bytes(reply.body), reply.log,
                          took.count() / times);
  }

 private:
  std::unique_ptr<Target> target_;
};

}  // namespace

PYBIND11_MODULE(plughost_core_test, module) {
  std::string error;
  if (!load_module_state(error)) throw py::import_error(error);
  py::register_exception<BindError>(module, "BindError");
  module.def("encode", &encode, "The JSON of a value; ValueError says why there is none.");
  module.def("decode", &decode, "The value of a JSON text; ValueError says why there is none.");
  py::class_<Callee>(module, "Target")
      .def(py::init<const std::string&, const std::vector<std::string>&>())
      .def("call", &Callee::call, py::arg("method"), py::arg("path"), py::arg("query"),
           py::arg("headers"), py::arg("params"), py::arg("body"), py::arg("times") = 1,
           "(status, headers, body, log, nanoseconds a call)");
}

}  // namespace plughost::python
