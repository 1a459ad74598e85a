#include "plugin/plugin_registry.hpp"

#include <algorithm>
#include <cstring>
#include <ranges>
#include <thread>
#include <utility>

#include "plugin/locate.hpp"
#include "plugin/plugin.hpp"

namespace plughost::plugin {
namespace {

constexpr std::chrono::milliseconds kPollInterval{1};
constexpr std::uint64_t kFirstTable = 1;

void add(std::vector<Diagnostic>& mistakes, Failure failure) {
  if (failure) mistakes.push_back(std::move(*failure));
}

}  // namespace

PluginRegistry::PluginRegistry(const config::Config& config, dispatch::Responder& responder,
                               std::filesystem::path executable_dir)
    : config_(config),
      responder_(responder),
      executable_dir_(std::move(executable_dir)),
      config_dir_(std::filesystem::absolute(config.directory).lexically_normal()) {}

PluginRegistry::~PluginRegistry() { undo(); }

void PluginRegistry::load() {
  Mistakes mistakes;
  for (const auto& settings : config_.plugins) load_one(settings, mistakes);
  for (const auto& folder : std::exchange(staged_folders_, {})) remove_unused_staged_files(folder);
  undo_and_throw_if(std::move(mistakes));
}

void PluginRegistry::load_one(const config::Plugin& settings, Mistakes& mistakes) {
  const auto file = locate(settings.path, {config_dir_, executable_dir_});
  if (!file) {
    const auto subject = "plugin '" + settings.name + "': '" + settings.path + "': ";
    mistakes.push_back({config_.file, settings.position, subject + file.error()});
    return;
  }
  const Plugin::Surroundings surroundings{config_.file, config_dir_, config_.plugin_timeout,
                                          responder_};
  plugins_.push_back(std::make_unique<Plugin>(settings, surroundings));
  auto& plugin = *plugins_.back();
  staged_folders_.insert(file.value().parent_path());
  auto failure = plugin.load(file.value());
  if (!failure) failure = second_singleton(plugin, settings.position);
  if (!failure) failure = plugin.create();
  add(mistakes, std::move(failure));
}

Failure PluginRegistry::second_singleton(const Plugin& plugin, SourcePosition position) const {
  if (!plugin.is_singleton()) return {};
  for (const auto& other : plugins_) {
    if (other.get() == &plugin || !other->is_loaded()) continue;
    if (std::strcmp(other->entry()->id, plugin.entry()->id) != 0) continue;
    return Diagnostic{config_.file, position,
                      "plugin '" + plugin.name() + "': a process can have only one '" +
                          plugin.entry()->id + "', and plugin '" + other->name() +
                          "' is one already; name that one in the routes"};
  }
  return {};
}

void PluginRegistry::bind(std::vector<routing::Route>& routes) {
  Mistakes mistakes;
  for (const auto& plugin : plugins_) add(mistakes, plugin->table_begin(kFirstTable));
  if (mistakes.empty()) {
    for (std::size_t i = 0; i < routes.size(); ++i) {
      if (config_.routes[i].plugin.empty()) continue;  // the host answers
      bind_one(config_.routes[i], routes[i], mistakes);
    }
  }
  if (mistakes.empty()) {
    for (const auto& plugin : plugins_) add(mistakes, plugin->table_commit(kFirstTable));
  }
  undo_and_throw_if(std::move(mistakes));
}

void PluginRegistry::bind_one(const config::Route& settings, routing::Route& route,
                              Mistakes& mistakes) {
  const auto plugin = std::ranges::find(plugins_, settings.plugin, &Plugin::name);
  if (plugin == plugins_.end()) {
    mistakes.push_back(
        {config_.file, settings.target_position, "no plugin is named '" + settings.plugin + "'"});
    return;
  }
  add(mistakes, (*plugin)->bind(settings, route));
}

void PluginRegistry::start() {
  Mistakes mistakes;
  for (const auto& plugin : plugins_) {
    add(mistakes, plugin->start());
    if (!mistakes.empty()) break;  // those behind it may rely on it
  }
  undo_and_throw_if(std::move(mistakes));
}

bool PluginRegistry::drain(Clock::time_point deadline) {
  for (const auto& plugin : plugins_) plugin->begin_drain(deadline);
  const auto all_drained = [this] { return std::ranges::all_of(plugins_, &Plugin::is_drained); };
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

void PluginRegistry::undo() {
  while (!plugins_.empty()) {
    auto plugin = std::move(plugins_.back());
    plugins_.pop_back();
    plugin->undo();
    if (!plugin->is_abandoned()) continue;
    work_abandoned_ = true;
    keep_for_ever(std::move(plugin));
  }
}

void PluginRegistry::undo_and_throw_if(Mistakes mistakes) {
  if (mistakes.empty()) return;
  undo();
  throw StartError(ExitCode::refused, std::move(mistakes));
}

}  // namespace plughost::plugin
