#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "dispatch/handler.hpp"
#include "dispatch/request_pool.hpp"
#include "dispatch/request_state.hpp"
#include "dispatch/responder.hpp"
#include "metrics/registry.hpp"
#include "plugin/plugin_registry.hpp"
#include "unit/plugin/temporary_folder.hpp"

namespace plughost::plugin {

using namespace std::chrono_literals;

/// Keeps what was answered until the test takes it.
class AnsweredRequests final : public dispatch::Mailbox {
 public:
  void post(dispatch::Request& request) noexcept override {
    std::lock_guard lock(mutex_);
    answered_.insert(&request);
    posted_.notify_all();
  }
  bool contain(const dispatch::Request& request) {
    std::lock_guard lock(mutex_);
    return answered_.contains(&request);
  }
  /// Waits for it. False: it was never answered.
  bool take(const dispatch::Request& request) {
    std::unique_lock lock(mutex_);
    return posted_.wait_for(lock, 10s, [&] { return answered_.erase(&request) > 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable posted_;
  std::set<const dispatch::Request*> answered_;
};

/// A host around the plugin layer: the real dispatch library, requests made by hand.
class PluginRig {
 public:
  struct Answer {
    unsigned status = 0;
    std::string body;
    std::string headers;
  };

  PluginRig() {
    responder.add_pool(pool);
    config.file = "routes.yaml";
    config.directory = folder.path();
    config.plugin_timeout = 10s;
  }

  /// Its `config:` stands in line 10 + its index, the value of key "fail" in column 9.
  void add_plugin(const std::string& name, const std::string& fixture_name,
                  const std::string& config_json = "{}") {
    const int line = 10 + static_cast<int>(config.plugins.size());
    config.plugins.push_back({name,
                              fixture(fixture_name).string(),
                              config_json,
                              {{"", {line, 5}}, {"/fail", {line, 9}}},
                              {line, 3}});
  }

  /// A journal of lifecycle calls, for the configuration of a fixture.
  std::string journal_option() const { return R"("journal": ")" + journal().string() + '"'; }
  std::vector<std::string> journal_lines() const {
    std::istringstream stream(read_file(journal()));
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }

  /// Its `to` stands in line 20 + its index, column 7; option "bad" in column 30.
  std::size_t add_route(const std::string& plugin, const std::string& handler,
                        const std::string& options_json = "{}",
                        const std::string& pattern = "/route",
                        const std::vector<std::string>& methods = {}) {
    const int line = 20 + static_cast<int>(config.routes.size());
    config::Route& settings = config.routes.emplace_back();
    settings.methods = methods;
    settings.pattern = pattern;
    settings.plugin = plugin;
    settings.handler = handler;
    settings.options_json = options_json;
    settings.options_positions = {{"", {line, 15}}, {"/bad", {line, 30}}};
    settings.position = {line, 3};
    settings.target_position = {line, 7};
    auto parsed = routing::Pattern::parse(pattern);
    routing::Route& route = routes.emplace_back();
    route.methods = methods;
    route.pattern = std::move(parsed.value());
    route.plugin = plugin;
    route.handler_name = handler;
    route.position = {line, 3};
    return routes.size() - 1;
  }

  void load() {
    registry.emplace(responder, folder.path(), &metrics);
    registry->load(config);
  }
  void start() {
    load();
    bind_and_start();
  }
  std::uint64_t bind_and_start() {
    const auto epoch = registry->begin_table();
    registry->bind(config, routes);
    registry->start();
    return epoch;
  }

  /// The lines of the StartError that start() throws; none if it does not.
  std::vector<std::string> start_errors() {
    try {
      start();
    } catch (const StartError& error) {
      std::vector<std::string> lines;
      for (const auto& diagnostic : error.diagnostics()) lines.push_back(diagnostic.to_string());
      return lines;
    }
    return {};
  }

  /// A request for a route, not handed out yet.
  dispatch::Request& make_request(std::size_t route) {
    auto& request = *pool.acquire();
    request.message.method = "GET";
    request.message.target = request.message.raw_path = request.message.path = "/route";
    request.match.kind = routing::MatchKind::found;
    request.match.route = &routes[route];
    request.request_id = "id-1";
    return request;
  }

  dispatch::Request& send(dispatch::Request& request) {
    auto& handler = *request.match.route->handler;
    request.assign(handler);
    handler.handle(request);
    return request;
  }
  dispatch::Request& send(std::size_t route) { return send(make_request(route)); }

  bool is_answered(const dispatch::Request& request) { return answered.contain(request); }

  /// Waits for the answer and ends the request, as the I/O thread does.
  Answer finish(dispatch::Request& request) {
    if (!answered.take(request)) return {};
    Answer answer{request.answer.status, std::string(request.answer.body),
                  std::string(request.answer.headers.lines())};
    pool.recycle(request);
    return answer;
  }
  Answer ask(std::size_t route) { return finish(send(route)); }

  TemporaryFolder folder;
  config::Config config;
  dispatch::Responder responder;
  AnsweredRequests answered;
  dispatch::RequestPool pool{0, answered};
  std::vector<routing::Route> routes;
  metrics::Registry metrics;
  std::optional<PluginRegistry> registry;

 private:
  std::filesystem::path journal() const { return folder.path() / "journal"; }
};

}  // namespace plughost::plugin
