#pragma once

#include <dlfcn.h>

#include <stdexcept>
#include <string>

#include "support/fake_host.hpp"
#include "support/fake_request.hpp"
#include "support/fake_route.hpp"

namespace plughost::test {

/// An error slot as the host prepares it.
inline ph_error empty_error() {
  ph_error error{};
  error.size = sizeof error;
  return error;
}

/// The entry of a plugin library, loaded as the host loads it and never closed.
inline const ph_entry* load_entry(const std::string& path) {
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(::dlerror());
  void* symbol = ::dlsym(library, PH_ENTRY_SYMBOL);
  if (symbol == nullptr) throw std::runtime_error(path + " has no " PH_ENTRY_SYMBOL);
  return reinterpret_cast<ph_entry_fn>(symbol)();
}

/// One plugin between create and destroy, driven by hand.
///
/// Owner:   the test. Unbinds its routes and destroys the plugin at the end.
/// Threads: one, except handle().
class PluginInstance final {
 public:
  PluginInstance(const ph_entry* entry, FakeHost& host, std::string_view config = "{}")
      : entry_(entry), host_(host) {
    status_ = entry->create(host.raw(), view_of(config), &plugin_, &error_);
  }
  ~PluginInstance() {
    if (plugin_ == nullptr) return;
    for (ph_route_ctx* route : routes_) entry_->api->unbind(plugin_, route);
    entry_->api->destroy(plugin_);
  }
  PluginInstance(const PluginInstance&) = delete;
  PluginInstance& operator=(const PluginInstance&) = delete;

  /// The handler of a new route; status() and error() tell why it was refused.
  ph_handler bind(std::string handler, std::string options = "{}") {
    FakeRoute route(std::move(handler), std::move(options));
    return bind(route);
  }
  ph_handler bind(FakeRoute& route) {
    ph_handler bound{};
    bound.size = sizeof bound;
    error_ = empty_error();
    status_ = entry_->api->bind(plugin_, route.raw(), &bound, &error_);
    if (status_ == PH_OK) routes_.push_back(bound.ctx);
    return bound;
  }

  /// Calls the handler with a new token; status() and error() are what it returned.
  ph_req handle(const ph_handler& handler, FakeRequest& request) {
    const ph_req token = host_.open();
    error_ = empty_error();
    status_ = handler.handle(handler.ctx, token, request.head(), &error_);
    return token;
  }

  ph_status status() const { return status_; }
  const ph_error& error() const { return error_; }
  const ph_plugin_api& api() const { return *entry_->api; }
  ph_plugin* raw() const { return plugin_; }

 private:
  const ph_entry* entry_;
  FakeHost& host_;
  ph_plugin* plugin_ = nullptr;
  std::vector<ph_route_ctx*> routes_;
  ph_status status_ = PH_OK;
  ph_error error_ = empty_error();
};

}  // namespace plughost::test
