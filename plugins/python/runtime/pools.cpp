#include "runtime/pools.hpp"

#include <algorithm>
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

Pools::Pools(const ph_host* host, const Settings& settings, pool::CallDesk& desk)
    : host_(host), settings_(settings), desk_(desk) {
  for (const auto& [name, options] : settings.pools) {
    entries_[name].settings = pool_settings(name, options, settings);
  }
}

std::string Pools::trouble_with(std::string_view name, const Settings& settings) {
  if (settings.pools.find(name) != settings.pools.end()) return {};
  std::vector<std::string_view> names;
  for (const auto& [known, ignored] : settings.pools) names.push_back(known);
  const std::string_view meant = nearest(name, names);
  return "there is no pool '" + std::string(name) + "' under 'pools' of the plugin" +
         (meant.empty() ? "" : " (did you mean '" + std::string(meant) + "'?)");
}

Pools::Entry& Pools::entry(std::string_view name) {
  const auto found = entries_.find(name);
  if (found != entries_.end()) return found->second;
  throw BindError("/pool", trouble_with(name, settings_));
}

void Pools::make(Entry& entry) {
  entry.pool = make_pool(host_, entry.settings);
  entry.visible.store(entry.pool.get(), std::memory_order_release);
}

std::vector<Pool*> Pools::pools() const {
  const std::lock_guard lock(mutex_);
  std::vector<Pool*> pools;
  for (const auto& [name, entry] : entries_) {
    if (entry.pool != nullptr) pools.push_back(entry.pool.get());
  }
  return pools;
}

Backend& Pools::use(std::string_view name, const RouteTarget& route) {
  Entry& used = entry(name);
  bool start_now = false;
  {
    const std::lock_guard lock(mutex_);
    if (used.pool == nullptr) make(used);
    start_now = started_ && !used.running;
    if (start_now) used.running = true;
    used.pool->add_route(route);
  }
  if (!start_now) return *used.pool;
  try {
    used.pool->start();
  } catch (...) {
    const std::lock_guard lock(mutex_);
    used.running = false;
    used.visible.store(nullptr);
    used.pool.reset();
    throw;
  }
  return *used.pool;
}

std::string Pools::call(std::string_view name, std::unique_ptr<pool::Call> call) {
  const std::lock_guard lock(mutex_);
  if (!started_) return "Pools take calls from on_startup to on_shutdown.";
  Entry& used = entry(name);
  if (used.pool == nullptr) make(used);
  if (!used.running) used.pool->launch();
  used.running = used.called = true;
  call->desk = &desk_;
  switch (used.pool->call(call)) {
    case pool::Admission::kAccepted:
      return {};
    case pool::Admission::kFull:
      return "The queue of pool '" + std::string(name) + "' is full.";
    case pool::Admission::kClosed:
      break;
  }
  return "The server is shutting down.";
}

bool Pools::withdraw(std::string_view name, std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  const Entry& used = entry(name);
  return used.pool != nullptr && used.pool->withdraw(number);
}

void Pools::start(std::chrono::milliseconds limit, const Pools* before) {
  const std::set<std::string> wanted =
      before == nullptr ? std::set<std::string>() : before->called();
  {
    const std::lock_guard lock(mutex_);
    for (auto& [name, entry] : entries_) {
      if (wanted.count(name) == 0) continue;
      entry.called = true;
      if (entry.pool == nullptr) make(entry);
    }
  }
  try {
    for (Pool* pool : pools()) pool->start(limit);
  } catch (...) {
    stop();
    throw;
  }
  const std::lock_guard lock(mutex_);
  for (auto& [name, entry] : entries_) entry.running = entry.pool != nullptr;
  started_ = true;
}

std::set<std::string> Pools::called() const {
  const std::lock_guard lock(mutex_);
  std::set<std::string> names;
  for (const auto& [name, entry] : entries_) {
    if (entry.called) names.insert(name);
  }
  return names;
}

bool Pools::drain(std::uint64_t deadline_ns) {
  bool done = true;
  for (Pool* pool : pools()) {
    if (!pool->drain(deadline_ns)) done = false;
  }
  return done;
}

void Pools::stop() {
  {
    const std::lock_guard lock(mutex_);
    started_ = false;
  }
  for (Pool* pool : pools()) pool->stop();
}

void Pools::retire() {
  {
    const std::lock_guard lock(mutex_);
    started_ = false;
  }
  for (Pool* pool : pools()) pool->retire();
}

bool Pools::is_over() const {
  const std::vector<Pool*> all = pools();
  return std::all_of(all.begin(), all.end(), [](const Pool* pool) { return pool->is_over(); });
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
