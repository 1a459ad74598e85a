#pragma once

#include <memory>
#include <vector>

#include "config/config.hpp"
#include "dispatch/handler.hpp"
#include "dispatch/responder.hpp"
#include "routing/route_table.hpp"

namespace plughost::builtin {

/// The handlers of routes that the host answers by itself: `redirect`, `respond` and `static`.
///
/// Owner:   App. Route::handler points into it, so it outlives the route table and every request.
/// Threads: [main].
class BuiltinHandlers final {
 public:
  explicit BuiltinHandlers(dispatch::Responder& responder) : responder_(responder) {}

  /// Gives those routes their handler. routes are those of the config, in the same order.
  /// Errors: throws StartError (ExitCode::refused) with every target that cannot be used.
  void bind(const config::Config& config, std::vector<routing::Route>& routes);

 private:
  dispatch::Responder& responder_;
  std::vector<std::unique_ptr<dispatch::Handler>> handlers_;
};

}  // namespace plughost::builtin
