// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <plughost/abi/abi.h>

#include <cstddef>
#include <plughost/sdk/options.hpp>
#include <plughost/sdk/text.hpp>
#include <string_view>

namespace plughost::sdk {

/// A list of texts the host lends, for a range-for over ph_str; text() makes a view of one.
struct Texts {
  const ph_str* first = nullptr;
  std::size_t count = 0;

  const ph_str* begin() const noexcept { return first; }
  const ph_str* end() const noexcept { return first + count; }

  bool contain(std::string_view wanted) const noexcept {
    for (const ph_str& one : *this) {
      if (text(one) == wanted) return true;
    }
    return false;
  }
};

/// One route of the table, as the plugin is asked for its handler.
///
/// Owner:   the host; every view is valid during the bind that received it. Copy what you keep.
class Route final {
 public:
  explicit Route(const ph_route* raw) noexcept : raw_(raw) {}

  /// The rest of the route's `to`.
  std::string_view handler() const noexcept { return text(raw_->handler); }
  /// The route's own options.
  Options options() const noexcept { return Options(text(raw_->config_json)); }
  /// As routes.yaml spells it: Request::route() of its requests.
  std::string_view pattern() const noexcept { return text(raw_->pattern); }
  /// The literal prefix: ASGI's root_path.
  std::string_view mount() const noexcept { return text(raw_->mount); }
  /// The names of the path parameters, in order.
  Texts params() const noexcept { return {raw_->params, raw_->n_params}; }
  /// Upper case; empty: ANY. GET takes HEAD too.
  Texts methods() const noexcept { return {raw_->methods, raw_->n_methods}; }

  const ph_route* raw() const noexcept { return raw_; }

 private:
  const ph_route* raw_;
};

}  // namespace plughost::sdk
