#pragma once

#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/results_collector.hpp>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "fake_host.hpp"
#include "support/fake_route.hpp"

namespace plughost::testing {

/// Runs body in a process of its own: a process can hold one interpreter, once.
template <typename Body>
void in_own_process(Body body) {
  const pid_t child = fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    try {
      body();
    } catch (const std::exception& error) {
      BOOST_ERROR(error.what());
    }
    using namespace boost::unit_test;
    const bool passed = results_collector.results(framework::current_test_case().p_id).passed();
    _exit(passed ? 0 : 1);
  }
  int status = 0;
  BOOST_REQUIRE_EQUAL(waitpid(child, &status, 0), child);
  BOOST_TEST(WIFEXITED(status));
  BOOST_TEST(WEXITSTATUS(status) == 0);
}

inline std::uint64_t now_ns() {
  return static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
}

struct Refusal {
  ph_status code = PH_OK;
  std::string key, message;
};

/// python_plugin.so, loaded as the host loads it. The thread that makes it is the control thread.
///
/// The host it sees outlives it: a handler that never returns may still use it.
class LoadedPlugin {
 public:
  LoadedPlugin() : host(*new FakeHost) {
    void* library = dlopen(PLUGHOST_BINARY_DIR "/python_plugin.so", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error(dlerror());
    entry_ = reinterpret_cast<ph_entry_fn>(dlsym(library, PH_ENTRY_SYMBOL))();
    host.set_config_dir(PLUGHOST_SOURCE_DIR "/tests/unit/python_runtime");
  }

  ~LoadedPlugin() { finish(); }
  LoadedPlugin(const LoadedPlugin&) = delete;
  LoadedPlugin& operator=(const LoadedPlugin&) = delete;

  const ph_entry* entry() const { return entry_; }
  const ph_plugin_api* api() const { return entry_->api; }
  ph_plugin* instance() const { return instance_; }

  Refusal create(const std::string& config = R"({"import_paths": ["handlers"]})") {
    return attempt([&](ph_error* error) {
      return entry_->create(host.table(), view(config), &instance_, error);
    });
  }
  Refusal bind(const std::string& target, ph_handler& handler, const std::string& options = "{}") {
    test::FakeRoute route(target, options);
    return bind(route, handler);
  }
  Refusal bind(test::FakeRoute& route, ph_handler& handler) {
    handler = {};
    handler.size = sizeof(handler);
    const Refusal refusal = attempt(
        [&](ph_error* error) { return api()->bind(instance_, route.raw(), &handler, error); });
    if (refusal.code == PH_OK) routes_.push_back(handler.ctx);
    return refusal;
  }
  /// A handler that must be accepted.
  ph_handler bound(const std::string& target, std::vector<std::string> params = {}) {
    test::FakeRoute route(target);
    route.params = std::move(params);
    ph_handler handler;
    const Refusal refusal = bind(route, handler);
    if (refusal.code != PH_OK) throw std::runtime_error(target + ": " + refusal.message);
    return handler;
  }
  Refusal start() {
    const Refusal refusal =
        attempt([&](ph_error* error) { return api()->start(instance_, error); });
    started_ = refusal.code == PH_OK;
    return refusal;
  }
  Refusal health() {
    return attempt([&](ph_error* error) { return api()->health(instance_, error); });
  }

  Refusal table_begin(std::uint64_t epoch) {
    n_before_table_ = routes_.size();
    return attempt([&](ph_error* error) { return api()->table_begin(instance_, epoch, error); });
  }
  Refusal table_commit(std::uint64_t epoch) {
    return attempt([&](ph_error* error) { return api()->table_commit(instance_, epoch, error); });
  }
  void table_abort(std::uint64_t epoch) {
    api()->table_abort(instance_, epoch);
    routes_.resize(n_before_table_);
  }
  void unbind(const ph_handler& handler) {
    routes_.erase(std::find(routes_.begin(), routes_.end(), handler.ctx));
    api()->unbind(instance_, handler.ctx);
  }

  ph_status drain(std::uint64_t deadline_ns) { return api()->drain(instance_, deadline_ns); }

  /// Ends the plugin in the order the ABI says: drain, stop, unbind, destroy.
  void finish() {
    if (instance_ == nullptr) return;
    if (started_) {
      host.cancel_all();
      drain(now_ns() + 10'000'000'000);
      stop();
    }
    destroy();
  }
  void stop() {
    api()->stop(instance_);
    started_ = false;
  }
  void destroy() {
    for (ph_route_ctx* route : routes_) api()->unbind(instance_, route);
    api()->destroy(instance_);
    instance_ = nullptr;
  }

  FakeHost& host;

 private:
  template <typename Call>
  static Refusal attempt(Call call) {
    ph_error error{};
    error.size = sizeof(error);
    const ph_status status = call(&error);
    return {status, error.key, error.msg};
  }

  const ph_entry* entry_ = nullptr;
  ph_plugin* instance_ = nullptr;
  std::vector<ph_route_ctx*> routes_;
  std::size_t n_before_table_ = 0;
  bool started_ = false;
};

/// A plugin that is created; start it after the binds.
struct CreatedPlugin : LoadedPlugin {
  explicit CreatedPlugin(const std::string& settings = "") {
    const Refusal refusal = create(R"({"import_paths": ["handlers"])" + settings + "}");
    if (refusal.code != PH_OK) throw std::runtime_error(refusal.message);
  }
};

inline ph_status send(const ph_handler& handler, ph_req token, const FakeRequest& request) {
  ph_error error{};
  error.size = sizeof(error);
  return handler.handle(handler.ctx, token, request.head(), &error);
}

/// Keeps a dispatch thread inside a handler until the request is cancelled.
inline void occupy_thread(LoadedPlugin& plugin, const ph_handler& wait_until_cancelled,
                          ph_req token, const FakeRequest& request) {
  send(wait_until_cancelled, token, request);
  if (!plugin.host.wait_for_probes(token, 1)) throw std::runtime_error("handler never called");
}

}  // namespace plughost::testing
