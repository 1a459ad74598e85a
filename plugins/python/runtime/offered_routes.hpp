#pragma once

#include <plughost/abi/abi.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace plughost::python {

/// A route that a module declares with plughost.route, or what is wrong with one.
struct OfferedRoute {
  std::vector<std::string> methods;
  std::string pattern;
  std::string target;
  std::string options_json;
  std::string origin;
  std::string key;      ///< of a mistake: a JSON pointer into the plugin's configuration
  std::string mistake;  ///< empty: the rest is a route
  std::vector<ph_str> method_views;
};

/// The routes that the modules of `routes:` declare themselves.
///
/// Owner:   the plugin instance. Threads: control.
class OfferedRoutes final {
 public:
  OfferedRoutes(const ph_host* host, std::vector<std::string> modules)
      : host_(host), modules_(std::move(modules)) {}

  /// Imports the modules, as a route's target is imported, and asks what they declare now. What is
  /// odd is logged. GIL held.
  /// Errors: throws std::runtime_error if Python itself fails; mistakes of the modules are routes.
  void collect();

  /// Null behind the last. It stays where it is until the next collect. GIL not needed.
  const OfferedRoute* at(std::size_t index) const {
    return index < routes_.size() ? &routes_[index] : nullptr;
  }

 private:
  const ph_host* const host_;
  const std::vector<std::string> modules_;
  std::vector<OfferedRoute> routes_;
};

}  // namespace plughost::python
