// SPDX-License-Identifier: Apache-2.0
/// The C side of a plugin: one function for each entry of the ABI's tables, each a barrier that no
/// exception passes.
#pragma once

#include <cstring>
#include <memory>
#include <new>
#include <plughost/sdk/plugin.hpp>
#include <utility>

namespace plughost::sdk::detail {

/// Behind ph_route_ctx.
struct BoundRoute {
  Host host;
  Handler handle;
};

inline Plugin& as_plugin(ph_plugin* plugin) noexcept { return *reinterpret_cast<Plugin*>(plugin); }
inline BoundRoute& as_route(ph_route_ctx* route) noexcept {
  return *reinterpret_cast<BoundRoute*>(route);
}

/// Runs action and makes a status and an error of whatever it throws.
template <class Action>
ph_status guarded(ph_error* err, Action&& action) noexcept {
  try {
    return action();
  } catch (const Error& error) {
    return report(err, error);
  } catch (const std::bad_alloc&) {
    return report(err, PH_E_NOMEM, "out of memory");
  } catch (const std::exception& error) {
    return report(err, PH_E_INTERNAL, error.what());
  } catch (...) {
    return report(err, PH_E_INTERNAL, "an exception of an unknown type");
  }
}

inline void log_late_failure(const Host& host, const ph_error& err) noexcept {
  char line[512] = "a handler failed after it had answered or passed on its request: ";
  const std::size_t used = std::strlen(line);
  copy_cut(line + used, sizeof line - used, err.msg);
  host.log(Level::kError, line);
}

inline ph_status handle(ph_route_ctx* ctx, ph_req token, const ph_req_head* head,
                        ph_error* err) noexcept {
  const BoundRoute& route = as_route(ctx);
  Request request(route.host.raw(), token, head);
  const ph_status status = guarded(err, [&] {
    const std::optional<Error> error = route.handle(request);
    return error ? report(err, *error) : ph_status{PH_OK};
  });
  if (status == PH_OK) return status;
  // The host answers only what nobody took: once the request is answered or in other hands, an
  // error can no longer reach the client.
  if (!request.owed()) {
    log_late_failure(route.host, *err);
    return PH_OK;
  }
  request.hand_back();
  return status;
}

inline std::uint32_t flags_of(const BoundHandler& bound) noexcept {
  return (bound.run == Run::kNonblocking ? std::uint32_t{PH_HF_NONBLOCKING} : 0U) |
         (bound.body == Body::kStreamed ? std::uint32_t{PH_HF_STREAM_BODY} : 0U);
}

inline ph_status bind(ph_plugin* plugin, const ph_route* asked, ph_handler* out,
                      ph_error* err) noexcept {
  return guarded(err, [&] {
    BoundHandler bound = as_plugin(plugin).bind(Route(asked));
    auto route =
        std::make_unique<BoundRoute>(BoundRoute{as_plugin(plugin).host(), std::move(bound.handle)});
    // Field by field: the host's struct may be shorter or longer than ours, and size is its own.
    if (PH_HAS(out, flags)) out->flags = flags_of(bound);
    if (PH_HAS(out, handle)) out->handle = &handle;
    if (PH_HAS(out, ctx)) out->ctx = reinterpret_cast<ph_route_ctx*>(route.release());
    return PH_OK;
  });
}

inline ph_status next_route(ph_plugin* plugin, size_t index, ph_offered_route* out,
                            ph_error*) noexcept {
  const auto& routes = as_plugin(plugin).declared_routes();
  if (index >= routes.size()) return PH_END;
  routes[index].fill(*out);
  return PH_OK;
}

inline constexpr ph_routes_api kRoutes = {sizeof(ph_routes_api), 0, &next_route};

inline const void* get_extension(ph_plugin*, const char* id) noexcept {
  return std::strcmp(id, PH_ROUTES_1) == 0 ? &kRoutes : nullptr;
}

inline void unbind(ph_plugin*, ph_route_ctx* route) noexcept { delete &as_route(route); }

inline ph_status start(ph_plugin* plugin, ph_error* err) noexcept {
  return guarded(err, [&] {
    as_plugin(plugin).start();
    return PH_OK;
  });
}

inline ph_status health(ph_plugin* plugin, ph_error* err) noexcept {
  return guarded(err, [&] {
    const std::optional<Error> error = as_plugin(plugin).health();
    return error ? report(err, *error) : ph_status{PH_OK};
  });
}

inline ph_status drain(ph_plugin* plugin, uint64_t deadline_ns) noexcept {
  return guarded(nullptr, [&] {
    const std::chrono::steady_clock::time_point deadline{std::chrono::nanoseconds(deadline_ns)};
    const auto drained = as_plugin(plugin).drain(deadline);
    return drained == Plugin::Drained::kYes ? PH_OK : PH_PENDING;
  });
}

/// stop() has no one to report to but the log.
inline void stop(ph_plugin* plugin) noexcept {
  ph_error err{};
  err.size = sizeof err;
  const ph_status status = guarded(&err, [&] {
    as_plugin(plugin).stop();
    return PH_OK;
  });
  if (status != PH_OK) as_plugin(plugin).host().log(Level::kError, err.msg);
}

inline void destroy(ph_plugin* plugin) noexcept { delete &as_plugin(plugin); }

template <class P>
ph_status create(const ph_host* host, ph_str config, ph_plugin** out, ph_error* err) noexcept {
  return guarded(err, [&] {
    std::unique_ptr<Plugin> plugin = std::make_unique<P>(Host(host), Options(text(config)));
    *out = reinterpret_cast<ph_plugin*>(plugin.release());
    return PH_OK;
  });
}

constexpr ph_plugin_api make_api() noexcept {
  ph_plugin_api api{};
  api.size = sizeof api;
  api.bind = &bind;
  api.unbind = &unbind;
  api.start = &start;
  api.health = &health;
  api.drain = &drain;
  api.stop = &stop;
  api.destroy = &destroy;
  api.get_extension = &get_extension;
  return api;
}

inline constexpr ph_plugin_api kApi = make_api();

template <class P>
constexpr ph_entry make_entry(const char* id, const char* version,
                              const char* description) noexcept {
  ph_entry entry{};
  entry.size = sizeof entry;
  entry.abi_major = PH_ABI_MAJOR;
  entry.abi_minor = PH_ABI_MINOR;
  entry.min_host_minor = P::kMinHostMinor;
  entry.flags = P::kFlags;
  entry.id = id;
  entry.version = version;
  entry.description = description;
  entry.sdk = "plughost C++ SDK";
  entry.config_schema_json = P::kConfigSchemaJson;
  entry.api = &kApi;
  entry.create = &create<P>;
  return entry;
}

}  // namespace plughost::sdk::detail

/// Makes Class, which derives from plughost::sdk::Plugin, the plugin of this library. Once, at file
/// scope. id, version and description are string literals.
#define PLUGHOST_PLUGIN(Class, id, version, description)                      \
  extern "C" PH_EXPORT const ph_entry* ph_plugin_entry_v1(void) {             \
    static constexpr ph_entry entry =                                         \
        ::plughost::sdk::detail::make_entry<Class>(id, version, description); \
    return &entry;                                                            \
  }
