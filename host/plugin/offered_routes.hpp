#pragma once

#include <plughost/abi/routes.h>

#include <memory>
#include <vector>

#include "base/error.hpp"
#include "config/config.hpp"
#include "config/offered_route.hpp"
#include "routing/route_table.hpp"

namespace plughost::plugin {

class Plugin;

/// What a plugin said of the routes that it declares itself (ph.routes/1), copied.
///
/// Owner:   shared by who asks and the control thread, which may come back too late.
/// Threads: read() on [control]; all else once that call has returned.
/// Limits:  kMost indices.
class Offers final {
 public:
  static constexpr std::size_t kMost = 10'000;

  struct Offer {
    config::OfferedRoute route;
    ph_status status = PH_OK;
    ph_error error{};
    bool kept_size = true;  ///< else next() broke the rule of out-structs
  };

  /// Whether the plugin may have some at all.
  static bool are_in(const ph_plugin_api& api) {
    return PH_HAS(&api, get_extension) && api.get_extension != nullptr;
  }

  /// Asks to the end. PH_OK, whatever is wrong with single ones.
  ph_status read(const ph_plugin_api& api, ph_plugin* plugin);

  const std::vector<Offer>& all() const { return all_; }
  bool has_end() const { return has_end_; }

 private:
  std::vector<Offer> all_;
  bool has_end_ = true;
};

/// Asks the plugins for the routes that they declare themselves, and appends those to routes. To be
/// called once table_begin has succeeded everywhere.
///
/// Returns what bind needs of the appended ones, in their order.
/// Errors: adds to mistakes, ambiguities among all routes included.
std::vector<config::Route> add_offered_routes(const std::vector<Plugin*>& plugins,
                                              const config::Config& config,
                                              std::vector<routing::Route>& routes,
                                              std::vector<Diagnostic>& mistakes);

}  // namespace plughost::plugin
