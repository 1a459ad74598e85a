#include "runtime/pools.hpp"

#include <vector>

#include "core/target.hpp"
#include "runtime/environment.hpp"
#include "runtime/interpreter.hpp"
#include "runtime/options.hpp"

namespace plughost::python {
namespace {

PoolSettings pool_settings(const std::string& name, const PoolOptions& options,
                           const Settings& settings) {
  PoolSettings pool;
  static_cast<PoolOptions&>(pool) = options;
  pool.name = name;
  pool.import_paths = settings.import_paths;
  pool.import_paths.push_back(package_folder());
  pool.worker_module = plugin_folder() + "/" PLUGHOST_WORKER_MODULE;
  pool.python_executable = python_executable(settings.venv);
  return pool;
}

}  // namespace

Pools::Pools(const ph_host* host, const Settings& settings) : host_(host) {
  for (const auto& [name, options] : settings.pools) {
    entries_[name].settings = pool_settings(name, options, settings);
  }
}

Pools::Entry& Pools::entry(std::string_view name) {
  const auto found = entries_.find(name);
  if (found != entries_.end()) return found->second;
  std::vector<std::string_view> names;
  for (const auto& [known, ignored] : entries_) names.push_back(known);
  const std::string_view meant = nearest(name, names);
  throw BindError("/pool",
                  "there is no pool '" + std::string(name) + "' under 'pools' of the plugin" +
                      (meant.empty() ? "" : " (did you mean '" + std::string(meant) + "'?)"));
}

Backend& Pools::use(std::string_view name, const RouteTarget& route) {
  Entry& used = entry(name);
  if (used.pool == nullptr) {
    std::unique_ptr<Pool> made = make_pool(host_, used.settings);
    made->add_route(route);
    if (started_) made->start();
    used.pool = std::move(made);
    used.visible.store(used.pool.get(), std::memory_order_release);
  } else {
    used.pool->add_route(route);
  }
  return *used.pool;
}

void Pools::start() {
  started_ = true;
  try {
    for (auto& [name, entry] : entries_) {
      if (entry.pool != nullptr) entry.pool->start();
    }
  } catch (...) {
    stop();
    throw;
  }
}

bool Pools::drain(std::uint64_t deadline_ns) {
  bool done = true;
  for (auto& [name, entry] : entries_) {
    if (entry.pool != nullptr && !entry.pool->drain(deadline_ns)) done = false;
  }
  return done;
}

void Pools::stop() {
  started_ = false;
  for (auto& [name, entry] : entries_) {
    if (entry.pool != nullptr) entry.pool->stop();
  }
}

void Pools::clear() {
  for (auto& [name, entry] : entries_) {
    entry.visible.store(nullptr);
    entry.pool.reset();
  }
}

std::string Pools::health() const {
  for (const auto& [name, entry] : entries_) {
    const Pool* pool = entry.visible.load(std::memory_order_acquire);
    if (pool == nullptr) continue;
    std::string reason = pool->health();
    if (!reason.empty()) return reason;
  }
  return {};
}

}  // namespace plughost::python
