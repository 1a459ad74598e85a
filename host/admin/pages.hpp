#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "admin/readiness.hpp"
#include "config/config.hpp"
#include "dispatch/handler.hpp"
#include "dispatch/responder.hpp"
#include "metrics/snapshot.hpp"
#include "routing/route_table.hpp"

namespace plughost::admin {

/// What the admin address answers: /livez, /readyz and /metrics.
///
/// Owner:   AdminServer. Its table points into it, so it outlives that and every request.
/// Threads: make_table on [main].
class Pages final {
 public:
  /// metrics: everything there is to show.
  Pages(dispatch::Responder& responder, const Readiness& readiness,
        std::function<metrics::Families()> metrics);

  /// config: of the admin server; file names it in messages.
  std::shared_ptr<const routing::RouteTable> make_table(config::Config config) const;

 private:
  struct Entry {
    const char* path;
    std::unique_ptr<dispatch::Handler> handler;
  };
  std::vector<Entry> entries_;
};

}  // namespace plughost::admin
