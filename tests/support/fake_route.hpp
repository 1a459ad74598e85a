#pragma once

#include <plughost/abi/plugin.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plughost::test {

/// A route as a host describes it to bind(), and the bytes its views point to.
///
/// Owner: the test; do not change or move it between raw() and the end of the bind.
struct FakeRoute {
  explicit FakeRoute(std::string handler_name = "", std::string options_json = "{}")
      : handler(std::move(handler_name)), options(std::move(options_json)) {}

  std::string handler;
  std::string options;
  std::string pattern = "/test";
  std::string mount;
  std::vector<std::string> params;
  std::vector<std::string> methods;

  const ph_route* raw() {
    param_views_ = views(params);
    method_views_ = views(methods);
    route_ = {};
    route_.size = sizeof route_;
    route_.handler = view(handler);
    route_.config_json = view(options);
    route_.pattern = view(pattern);
    route_.mount = view(mount);
    route_.params = param_views_.data();
    route_.n_params = param_views_.size();
    route_.methods = method_views_.data();
    route_.n_methods = method_views_.size();
    return &route_;
  }

 private:
  static ph_str view(std::string_view text) { return {text.data(), text.size()}; }

  static std::vector<ph_str> views(const std::vector<std::string>& texts) {
    std::vector<ph_str> result;
    for (const std::string& one : texts) result.push_back(view(one));
    return result;
  }

  ph_route route_{};
  std::vector<ph_str> param_views_;
  std::vector<ph_str> method_views_;
};

}  // namespace plughost::test
