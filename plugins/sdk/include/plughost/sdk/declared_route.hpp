// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <plughost/abi/abi.h>

#include <algorithm>
#include <plughost/sdk/text.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace plughost::sdk {

/// A route that a plugin declares itself: see Plugin::add_route.
///
/// Owner: the plugin, where it never moves: its views point into it.
class DeclaredRoute final {
 public:
  DeclaredRoute(std::string methods, std::string pattern, std::string handler,
                std::string options_json, std::string origin)
      : methods_(std::move(methods)),
        pattern_(std::move(pattern)),
        handler_(std::move(handler)),
        options_json_(std::move(options_json)),
        origin_(std::move(origin)) {
    for (std::string_view rest = methods_; methods_ != "ANY";) {
      const std::size_t bar = std::min(rest.find('|'), rest.size());
      views_.push_back(to_abi(rest.substr(0, bar)));
      if (bar == rest.size()) break;
      rest.remove_prefix(bar + 1);
    }
  }
  DeclaredRoute(const DeclaredRoute&) = delete;
  DeclaredRoute& operator=(const DeclaredRoute&) = delete;

  /// Field by field, as out-structs are filled.
  void fill(ph_offered_route& out) const noexcept {
    if (PH_HAS(&out, methods)) out.methods = views_.data();
    if (PH_HAS(&out, n_methods)) out.n_methods = views_.size();
    if (PH_HAS(&out, pattern)) out.pattern = to_abi(pattern_);
    if (PH_HAS(&out, handler)) out.handler = to_abi(handler_);
    if (PH_HAS(&out, options_json)) out.options_json = to_abi(options_json_);
    if (PH_HAS(&out, origin)) out.origin = to_abi(origin_);
  }

 private:
  const std::string methods_, pattern_, handler_, options_json_, origin_;
  std::vector<ph_str> views_;
};

}  // namespace plughost::sdk
