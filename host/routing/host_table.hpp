#pragma once

#include <memory>
#include <string_view>

#include "routing/host_name.hpp"
#include "routing/path_table.hpp"

namespace plughost::routing {

/// The path tables by host.
///
/// Owner:   RouteTable. Threads: add() on [main]; const members on [any] after the last add().
/// Limits:  at most three tables apply to a request; without a route that names a host, one, and
///          the request's host is not looked at.
class HostTable final {
 public:
  /// The table of the pattern's host, made if it is not there. It stays where it is.
  PathTable& add(const HostPattern& host) {
    if (host.name.empty()) return rest_;
    auto& table = (host.is_wildcard ? wildcards_ : exact_)[host.name];
    if (table == nullptr) table = std::make_unique<PathTable>();
    return *table;
  }

  /// Calls visitor(const PathTable&) for the tables that apply, that of the very host first, then
  /// that of its wildcard, then that of no host, until it returns true.
  template <typename Visitor>
  void visit(std::string_view host_and_port, Visitor&& visitor) const {
    if (!exact_.empty() || !wildcards_.empty()) {
      const HostName host(host_and_port);
      if (visit(exact_, host.text(), visitor) || visit(wildcards_, host.parent(), visitor)) return;
    }
    visitor(rest_);
  }

 private:
  using Tables = StringMap<std::unique_ptr<PathTable>>;

  template <typename Visitor>
  static bool visit(const Tables& tables, std::string_view name, Visitor& visitor) {
    const auto found = tables.find(name);
    return found != tables.end() && visitor(*found->second);
  }

  Tables exact_;
  Tables wildcards_;  // by what follows "*."
  PathTable rest_;
};

}  // namespace plughost::routing
