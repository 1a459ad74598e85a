#pragma once

#include <plughost/abi/abi.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "loop/hooks.hpp"
#include "runtime/backend.hpp"
#include "runtime/pools.hpp"

namespace plughost::python {
struct Generation;
}

/// One route bound to a Python function; what the host hands back with each request of it.
struct ph_route_ctx {
  plughost::python::RouteTarget target;
  plughost::python::Backend* backend = nullptr;
  plughost::python::Generation* generation = nullptr;
};

namespace plughost::python {

/// What one route table brought: its routes, the hooks of the modules they are in, and the pools
/// whose workers have those modules. The modules themselves are plughost._generations'.
///
/// Owner:   Generations. Threads: as its parts say; the rest on control.
/// Rationale: a thread may still be on its way out of a handler when the host unbinds its route, so
///          routes are freed together, once no thread can be in one.
struct Generation final {
  Generation(const ph_host* host, const Settings& settings, pool::CallDesk& desk,
             std::uint64_t its_number)
      : number(its_number), hooks(host), pools(host, settings, desk) {}

  bool is_unbound() const { return unbound == routes.size(); }
  bool owns(const RouteTarget* target) const;
  /// GIL held. Whether a task of the event loop still has a request of it.
  bool has_tasks() const;

  const std::uint64_t number;
  loop::Hooks hooks;
  Pools pools;
  std::vector<std::unique_ptr<ph_route_ctx>> routes;
  std::size_t unbound = 0;
  bool uses_loop = false;  ///< a route does
};

}  // namespace plughost::python
