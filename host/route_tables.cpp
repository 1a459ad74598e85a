#include "route_tables.hpp"

#include <algorithm>
#include <utility>

#include "routing/route_builder.hpp"

namespace plughost {

using routing::RouteTable;

std::shared_ptr<const RouteTable> RouteTables::make(const config::Config& config,
                                                    const std::function<bool()>& given_up) {
  try {
    return make_beside(config, given_up);
  } catch (...) {
    plugins_.undo();
    throw;
  }
}

std::shared_ptr<const RouteTable> RouteTables::make_beside(const config::Config& config,
                                                           const std::function<bool()>& given_up) {
  auto routes = routing::make_routes(config);
  RouteTable(config.file, routes);  // ambiguities are cheap to find, plugins are not
  auto builtin = std::make_unique<builtin::BuiltinHandlers>(responder_);
  builtin->bind(config, routes);
  plugins_.load(config);
  if (given_up()) return nullptr;
  const auto epoch = plugins_.begin_table();
  plugins_.bind(config, routes);
  if (given_up()) return nullptr;
  plugins_.start();
  auto table = std::make_shared<const RouteTable>(config.file, std::move(routes));
  tables_.push_back({table, std::move(builtin), epoch});
  return table;
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
