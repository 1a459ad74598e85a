#include "runtime/offered_routes.hpp"

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <stdexcept>
#include <tuple>

namespace py = pybind11;

namespace plughost::python {
namespace {

using Texts = std::vector<std::string>;

// plughost._offers.Offer
using Offer =
    std::tuple<Texts, std::string, std::string, std::string, std::string, std::string, std::string>;

OfferedRoute to_route(Offer offer) {
  OfferedRoute route;
  std::tie(route.methods, route.pattern, route.target, route.options_json, route.origin, route.key,
           route.mistake) = std::move(offer);
  return route;
}

}  // namespace

void OfferedRoutes::collect() {
  routes_.clear();
  if (modules_.empty()) return;
  std::pair<std::vector<Offer>, Texts> found;
  try {
    found =
        py::module_::import("plughost._offers").attr("collect")(modules_).cast<decltype(found)>();
  } catch (const std::exception& error) {
    throw std::runtime_error(std::string("the modules of 'routes' cannot be asked: ") +
                             error.what());
  }
  for (Offer& offer : found.first) routes_.push_back(to_route(std::move(offer)));
  for (OfferedRoute& route : routes_) {
    for (const auto& method : route.methods)
      route.method_views.push_back({method.data(), method.size()});
  }
  for (const std::string& line : found.second) {
    host_->log(host_, 0, PH_LOG_WARN, {line.data(), line.size()});
  }
}

}  // namespace plughost::python
