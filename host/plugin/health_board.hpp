#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace plughost::plugin {

class HealthProbe;
class HostServices;

/// The probes of all plugins there are.
///
/// Owner: PluginRegistry; outlives the plugins. Threads: [any].
class HealthBoard final {
 public:
  std::shared_ptr<HealthProbe> add(const HostServices& services);

  /// What is wrong with plugins that have routes, a sentence each.
  std::vector<std::string> ailments();

 private:
  std::mutex mutex_;                                // not held while a plugin is asked: it may hang
  std::vector<std::weak_ptr<HealthProbe>> probes_;  // guarded by mutex_
};

}  // namespace plughost::plugin
