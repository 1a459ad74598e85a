#include "runtime/generation.hpp"

#include <algorithm>

namespace plughost::python {

bool Generation::owns(const RouteTarget* target) const {
  return std::any_of(routes.begin(), routes.end(),
                     [&](const auto& route) { return &route->target == target; });
}

bool Generation::has_tasks() const {
  return std::any_of(routes.begin(), routes.end(),
                     [](const auto& route) { return route->target.tasks != 0; });
}

}  // namespace plughost::python
