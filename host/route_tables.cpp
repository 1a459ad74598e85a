#include "route_tables.hpp"

#include <algorithm>
#include <utility>

#include "routing/route_builder.hpp"

namespace plughost {

using routing::RouteTable;

std::shared_ptr<const RouteTable> RouteTables::make(const config::Config& config,
                                                    const std::function<bool()>& given_up) {
  try {
    auto bound = bind(config, given_up);
    if (!bound) return nullptr;
    auto table = std::make_shared<const RouteTable>(config.file, std::move(bound->routes));
    plugins_.start();
    tables_.push_back({table, std::move(bound->builtin), bound->epoch});
    return table;
  } catch (...) {
    plugins_.undo();
    throw;
  }
}

std::size_t RouteTables::prove(const config::Config& config) {
  const auto bound = bind(config, [] { return false; });
  plugins_.undo();
  return bound ? bound->routes.size() : 0;
}

std::optional<RouteTables::Bound> RouteTables::bind(const config::Config& config,
                                                    const std::function<bool()>& given_up) {
  Bound bound{routing::make_routes(config), std::make_unique<builtin::BuiltinHandlers>(responder_),
              0};
  RouteTable(config.file, bound.routes);  // ambiguities are cheap to find, plugins are not
  bound.builtin->bind(config, bound.routes);
  plugins_.load(config);
  if (given_up()) return {};
  bound.epoch = plugins_.begin_table();
  plugins_.bind(config, bound.routes);
  if (given_up()) return {};
  return bound;
}

bool RouteTables::clean_up() {
  const auto newest = tables_.empty() ? tables_.end() : std::prev(tables_.end());
  const auto is_used = [](const Made& made) { return !made.table.expired(); };
  const auto unused = std::stable_partition(tables_.begin(), newest, is_used);
  for (auto made = unused; made != newest; ++made) plugins_.release(made->epoch);
  tables_.erase(unused, newest);
  return plugins_.clean_up() && old_tables() == 0;
}

}  // namespace plughost
