// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <plughost/sdk/declared_route.hpp>
#include <plughost/sdk/handler.hpp>
#include <plughost/sdk/host.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace plughost::sdk {

/// What a plugin derives from: it registers its handlers by name in its constructor.
///
///   class Mine : public plughost::sdk::Plugin {
///    public:
///     Mine(Host host, const Options& config) : Plugin(host) {
///       config.refuse_all();
///       add_handler("hi", [](Request& request) { request.respond(Response::text("hi")); });
///     }
///   };
///   PLUGHOST_PLUGIN(Mine, "mine", "1.0.0", "says hi")
///
/// Owner:   the host, from create to destroy.
/// Threads: constructor, bind, start, drain, stop and destructor on the plugin's one control
///          thread, never at once; bind may run while handlers run. health on any thread.
/// Errors:  constructor, bind and start throw Error (any exception will do) to refuse.
class Plugin {
 public:
  /// A derived class hides these to change them; PH_PF_* of abi/plugin.h. One that streams or
  /// answers with files says kMinHostMinor = 1, to be refused by a host that cannot.
  static constexpr std::uint32_t kFlags = 0;
  static constexpr std::uint32_t kMinHostMinor = 0;
  static constexpr const char* kConfigSchemaJson = nullptr;

  enum class Drained { kYes, kLater };

  virtual ~Plugin() = default;
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;

  /// Finds the handler a route names. Override it for names that are not known beforehand.
  virtual BoundHandler bind(const Route& route) {
    const auto found = handlers_.find(route.handler());
    if (found == handlers_.end()) throw Error(PH_E_CONFIG, no_such_handler(route.handler()));
    return {found->second.make(route), found->second.run, found->second.body};
  }

  /// May start threads.
  virtual void start() {}
  /// Returns why the plugin cannot serve; within 100 ms, taking no lock that a handler may hold.
  virtual std::optional<Error> health() { return std::nullopt; }
  /// No new request follows. kLater: the plugin calls host().drained() when it is done. The
  /// argument is the deadline; one that has passed means at once.
  virtual Drained drain(std::chrono::steady_clock::time_point) { return Drained::kYes; }
  /// On return no thread of the plugin calls the host or reads its memory.
  virtual void stop() {}

  const Host& host() const noexcept { return host_; }
  const std::deque<DeclaredRoute>& declared_routes() const noexcept { return declared_routes_; }

 protected:
  explicit Plugin(Host host) noexcept : host_(host) {}

  /// A handler that takes no options; see Handler and make_handler.
  template <class F>
  void add_handler(std::string name, F callable, Run run = Run::kExecutor,
                   Body body = Body::kWhole) {
    add_configurable_handler(
        std::move(name),
        [handler = make_handler(std::move(callable))](const Route& route) {
          route.options().refuse_all();
          return handler;
        },
        run, body);
  }

  /// A handler that upgrades each request to a WebSocket, with what make(request) returns: a
  /// std::unique_ptr<WebSocketHandler>. It may throw Error to refuse, or answer the request and
  /// return null. Who does not ask for WebSocket gets 426.
  template <class Make>
  void add_websocket(std::string name, Make make, Run run = Run::kExecutor) {
    const auto upgrade = [make = std::move(make)](Request& request) -> std::optional<Error> {
      std::unique_ptr<WebSocketHandler> handler = make(request);
      if (handler == nullptr) return std::nullopt;
      const ph_status status = request.upgrade(std::move(handler));
      if (!request.owed()) return std::nullopt;
      if (status != PH_E_STATE) return Error(status, "the host refused to upgrade the request");
      return Error::client(426, "This endpoint speaks WebSocket.");
    };
    add_handler(std::move(name), upgrade, run);
  }

  /// A handler made anew for each route, from the route's own options and pattern.
  void add_configurable_handler(std::string name, HandlerFactory make, Run run = Run::kExecutor,
                                Body body = Body::kWhole) {
    handlers_.insert_or_assign(std::move(name), Registered{std::move(make), run, body});
  }

  /// A route of the plugin's own, which needs no line in routes.yaml. In the constructor only.
  ///
  /// methods: "GET", "GET|POST" or "ANY". pattern: as in routes.yaml. handler: a registered name.
  /// options_json: an object of what a route may have there beside `to`; none if empty.
  void add_route(std::string methods, std::string pattern, std::string handler,
                 std::string options_json = {}, const char* file = __builtin_FILE(),
                 int line = __builtin_LINE()) {
    declared_routes_.emplace_back(std::move(methods), std::move(pattern), std::move(handler),
                                  std::move(options_json),
                                  std::string(file) + ':' + std::to_string(line));
  }

 private:
  struct Registered {
    HandlerFactory make;
    Run run;
    Body body;
  };

  std::string no_such_handler(std::string_view name) const {
    std::string message = "no handler '" + std::string(name) + "' in this plugin; it has";
    const char* separator = " ";
    for (const auto& [known, registered] : handlers_) {
      message.append(separator).append(known);
      separator = ", ";
    }
    return handlers_.empty() ? message + " none" : message;
  }

  Host host_;
  // Filled by the derived constructor and only read afterwards, so they need no lock.
  std::deque<DeclaredRoute> declared_routes_;
  std::map<std::string, Registered, std::less<>> handlers_;
};

}  // namespace plughost::sdk
