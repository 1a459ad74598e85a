#include "plugin/plugin_registry.hpp"

#include <algorithm>
#include <cstring>
#include <ranges>
#include <thread>
#include <utility>

#include "plugin/locate.hpp"
#include "plugin/offered_routes.hpp"
#include "plugin/plugin.hpp"

namespace plughost::plugin {
namespace {

constexpr std::chrono::milliseconds kPollInterval{1};

void add(std::vector<Diagnostic>& mistakes, Failure failure) {
  if (failure) mistakes.push_back(std::move(*failure));
}

std::filesystem::path folder_of(const config::Config& config) {
  return std::filesystem::absolute(config.directory).lexically_normal();
}

}  // namespace

PluginRegistry::PluginRegistry(dispatch::Responder& responder, std::filesystem::path executable_dir,
                               metrics::Registry* metrics)
    : responder_(responder), executable_dir_(std::move(executable_dir)), metrics_(metrics) {}

PluginRegistry::~PluginRegistry() {
  while (!plugins_.empty()) take_down(*plugins_.back());
}

void PluginRegistry::load(const config::Config& config) {
  ++epoch_;
  is_making_ = true;
  Mistakes mistakes;
  for (const auto& settings : config.plugins) load_one(config, settings, mistakes);
  for (const auto& folder : std::exchange(staged_folders_, {})) remove_unused_staged_files(folder);
  undo_and_throw_if(std::move(mistakes));
}

void PluginRegistry::load_one(const config::Config& config, const config::Plugin& settings,
                              Mistakes& mistakes) {
  const auto subject = "plugin '" + settings.name + "': ";
  const auto file = locate(settings.path, {folder_of(config), executable_dir_});
  if (!file) {
    mistakes.push_back(
        {config.file, settings.position, subject + '\'' + settings.path + "': " + file.error()});
    return;
  }
  if (auto* running = find_current(settings.name)) {
    if (running->settings().config_json == settings.config_json &&
        running->is_made_of(file.value())) {
      running->renew(settings);
      next_.push_back(running);
      return;
    }
    if (running->is_singleton()) {
      mistakes.push_back({config.file, settings.position,
                          subject +
                              "its file or its 'config' has changed, which takes a restart: a "
                              "process can have only one '" +
                              running->entry()->id + "'"});
      return;
    }
  }
  const Plugin::Surroundings surroundings{config.file, folder_of(config), config.plugin_timeout,
                                          responder_,  health_,           metrics_};
  plugins_.push_back(std::make_unique<Plugin>(settings, surroundings));
  auto& plugin = *plugins_.back();
  next_.push_back(&plugin);
  staged_folders_.insert(file.value().parent_path());
  auto failure = plugin.load(file.value());
  if (!failure) failure = second_singleton(plugin, config.file);
  if (!failure && plugin.is_singleton()) singletons_.insert(plugin.entry()->id);
  if (!failure) failure = plugin.create();
  add(mistakes, std::move(failure));
}

Plugin* PluginRegistry::find_current(const std::string& name) const {
  const auto found = std::ranges::find(current_, name, &Plugin::name);
  return found == current_.end() ? nullptr : *found;
}

bool PluginRegistry::is_current(const Plugin& plugin) const {
  return std::ranges::find(current_, &plugin) != current_.end();
}

Failure PluginRegistry::second_singleton(const Plugin& plugin, const std::string& file) const {
  if (!plugin.is_singleton()) return {};
  for (const auto& other : plugins_) {
    if (other.get() == &plugin || !other->is_loaded()) continue;
    if (std::strcmp(other->entry()->id, plugin.entry()->id) != 0) continue;
    return Diagnostic{file, plugin.settings().position,
                      "plugin '" + plugin.name() + "': a process can have only one '" +
                          plugin.entry()->id + "', and plugin '" + other->name() +
                          "' is one already; name that one in the routes"};
  }
  if (singletons_.contains(plugin.entry()->id)) {
    return Diagnostic{file, plugin.settings().position,
                      "plugin '" + plugin.name() + "': a process can have only one '" +
                          plugin.entry()->id +
                          "' in its life, and this one had it; restart to use it again"};
  }
  return {};
}

std::uint64_t PluginRegistry::begin_table() {
  Mistakes mistakes;
  for (auto* plugin : next_) add(mistakes, plugin->table_begin(epoch_));
  undo_and_throw_if(std::move(mistakes));
  return epoch_;
}

void PluginRegistry::bind(const config::Config& config, std::vector<routing::Route>& routes) {
  Mistakes mistakes;
  const auto offered = add_offered_routes(next_, config, routes, mistakes);
  for (std::size_t i = 0; i < routes.size(); ++i) {
    const std::size_t of_file = config.routes.size();
    const auto& settings = i < of_file ? config.routes[i] : offered[i - of_file];
    if (settings.plugin.empty()) continue;  // the host answers
    bind_one(config, settings, routes[i], mistakes);
  }
  if (mistakes.empty()) {
    for (auto* plugin : next_) add(mistakes, plugin->table_commit(epoch_));
  }
  undo_and_throw_if(std::move(mistakes));
}

void PluginRegistry::bind_one(const config::Config& config, const config::Route& settings,
                              routing::Route& route, Mistakes& mistakes) {
  const auto plugin = std::ranges::find(next_, settings.plugin, &Plugin::name);
  if (plugin == next_.end()) {
    mistakes.push_back(
        {config.file, settings.target_position, "no plugin is named '" + settings.plugin + "'"});
    return;
  }
  add(mistakes, (*plugin)->bind(settings, route));
}

void PluginRegistry::start() {
  Mistakes mistakes;
  for (auto* plugin : next_) {
    if (is_current(*plugin)) continue;
    add(mistakes, plugin->start());
    if (!mistakes.empty()) break;  // those behind it may rely on it
  }
  undo_and_throw_if(std::move(mistakes));
  current_ = std::exchange(next_, {});
  is_making_ = false;
  for (const auto& plugin : plugins_) {
    if (!is_current(*plugin)) plugin->stop_health();
  }
}

void PluginRegistry::release(std::uint64_t epoch) { released_.insert(epoch); }

bool PluginRegistry::clean_up() {
  std::set<std::uint64_t> left;
  for (std::size_t i = plugins_.size(); i-- > 0;) {
    auto& plugin = *plugins_[i];
    if (!is_current(plugin) && plugin.has_no_table_but(released_) && plugin.is_quiet()) {
      take_down(plugin);
      continue;
    }
    for (const auto epoch : released_) {
      const bool done = is_current(plugin) ? plugin.release(epoch) : !plugin.has_table(epoch);
      if (!done) left.insert(epoch);
    }
  }
  released_ = std::move(left);
  return released_.empty() && plugins_.size() == current_.size();
}

bool PluginRegistry::drain(Clock::time_point deadline) {
  const auto drained = [deadline](const auto& plugin) {
    plugin->begin_drain(deadline);
    return plugin->is_drained();
  };
  const auto all_drained = [&] {
    return std::ranges::count_if(plugins_, drained) == std::ssize(plugins_);
  };
  while (!all_drained() && Clock::now() < deadline) std::this_thread::sleep_for(kPollInterval);
  for (const auto& plugin : plugins_) {
    if (plugin->is_drained()) continue;
    plugin->give_up();
    work_abandoned_ = true;
  }
  return !work_abandoned_;
}

bool PluginRegistry::stop(Clock::time_point deadline) {
  for (const auto& plugin : plugins_ | std::views::reverse) {
    if (Clock::now() >= deadline || !plugin->end(deadline)) work_abandoned_ = true;
  }
  return !work_abandoned_;
}

void PluginRegistry::take_down(Plugin& plugin) {
  plugin.undo();
  const auto at = std::ranges::find(plugins_, &plugin, &std::unique_ptr<Plugin>::get);
  auto owned = std::move(*at);
  plugins_.erase(at);
  if (!owned->is_abandoned()) return;
  work_abandoned_ = true;
  keep_for_ever(std::move(owned));
}

void PluginRegistry::undo() {
  if (!std::exchange(is_making_, false)) return;
  for (auto* plugin : std::exchange(next_, {}) | std::views::reverse) {
    if (!is_current(*plugin)) take_down(*plugin);
  }
  release(epoch_);  // of those that served before and go on
  clean_up();
}

void PluginRegistry::undo_and_throw_if(Mistakes mistakes) {
  if (mistakes.empty()) return;
  undo();
  throw StartError(ExitCode::refused, std::move(mistakes));
}

}  // namespace plughost::plugin
