#include <plughost/abi/abi.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <new>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/plugin_instance.hpp"

// The C ABI of the plugin: turns its calls into calls of ph_plugin and exceptions into ph_error.

namespace {

using plughost::python::BindError;
using plughost::python::OfferedRoute;
using plughost::python::parse_settings;

std::string_view view(ph_str text) {
  return text.ptr == nullptr ? std::string_view() : std::string_view(text.ptr, text.len);
}

std::vector<std::string> parameters(const ph_route& route) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < route.n_params; ++i) names.emplace_back(view(route.params[i]));
  return names;
}

/// Copies text, cut at a character if it does not fit.
void fill(char* out, std::size_t size, std::string_view text) {
  std::size_t length = std::min(size - 1, text.size());
  while (length < text.size() && length > 0 &&
         (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) {
    --length;
  }
  std::memcpy(out, text.data(), length);
  out[length] = '\0';
}

ph_status fail(ph_error* error, ph_status status, std::string_view key, std::string_view message) {
  if (error == nullptr) return status;
  if (PH_HAS(error, code)) error->code = status;
  if (PH_HAS(error, key)) fill(error->key, sizeof(error->key), key);
  if (PH_HAS(error, msg)) fill(error->msg, sizeof(error->msg), message);
  return status;
}

template <typename Body>
ph_status guarded(ph_error* error, Body body) noexcept {
  try {
    return body();
  } catch (const BindError& refused) {
    return fail(error, PH_E_CONFIG, refused.key(), refused.what());
  } catch (const std::bad_alloc&) {
    return fail(error, PH_E_NOMEM, "", "out of memory");
  } catch (const std::exception& unexpected) {
    return fail(error, PH_E_INTERNAL, "", unexpected.what());
  }
}

/// A text the host offers by id; empty if it has none of that name.
std::string_view offered_text(const ph_host* host, const char* id) {
  const void* text = host->get_extension(host, id);
  return text == nullptr ? std::string_view() : view(*static_cast<const ph_str*>(text));
}

ph_status create(const ph_host* host, ph_str config, ph_plugin** out, ph_error* error) noexcept {
  return guarded(error, [&]() -> ph_status {
    const std::string_view folder = offered_text(host, "ph.config_dir/1");
    const auto base =
        folder.empty() ? std::filesystem::current_path() : std::filesystem::path(folder);
    *out = new ph_plugin(host, parse_settings(view(config), base));
    return PH_OK;
  });
}

ph_status handle(ph_route_ctx* route, ph_req token, const ph_req_head* head,
                 ph_error* error) noexcept {
  if (route->backend->submit({token, head, &route->target})) return PH_OK;
  return fail(error, PH_E_BUSY, "", "the queue of the Python plugin is full");
}

ph_status bind(ph_plugin* plugin, const ph_route* route, ph_handler* out,
               ph_error* error) noexcept {
  return guarded(error, [&]() -> ph_status {
    if (!PH_HAS(out, handle)) return fail(error, PH_E_UNSUPPORTED, "", "the host is too old");
    out->ctx = plugin->bind(view(route->handler), view(route->config_json), view(route->mount),
                            parameters(*route));
    plugin->measure(*out->ctx, view(route->pattern));
    out->flags = PH_HF_NONBLOCKING;
    if (out->ctx->target.streams_body) out->flags |= PH_HF_STREAM_BODY;
    out->handle = handle;
    return PH_OK;
  });
}

ph_str text_of(const std::string& text) { return {text.data(), text.size()}; }

ph_status next_route(ph_plugin* plugin, size_t index, ph_offered_route* out,
                     ph_error* error) noexcept {
  return guarded(error, [&]() -> ph_status {
    if (!PH_HAS(out, origin)) return fail(error, PH_E_UNSUPPORTED, "", "the host is too old");
    const OfferedRoute* route = plugin->offered_route(index);
    if (route == nullptr) return PH_END;
    out->origin = text_of(route->origin);
    if (!route->mistake.empty()) return fail(error, PH_E_CONFIG, route->key, route->mistake);
    out->methods = route->method_views.data();
    out->n_methods = route->method_views.size();
    out->pattern = text_of(route->pattern);
    out->handler = text_of(route->target);
    out->options_json = text_of(route->options_json);
    return PH_OK;
  });
}

constexpr ph_routes_api kRoutes = {sizeof(ph_routes_api), 0, next_route};

const void* get_extension(ph_plugin*, const char* id) noexcept {
  return std::strcmp(id, PH_ROUTES_1) == 0 ? &kRoutes : nullptr;
}

void unbind(ph_plugin* plugin, ph_route_ctx* route) noexcept {
  guarded(nullptr, [&]() -> ph_status {
    plugin->unbind(*route);
    return PH_OK;
  });
}

ph_status table_begin(ph_plugin* plugin, uint64_t /*epoch*/, ph_error* error) noexcept {
  return guarded(error, [&]() -> ph_status {
    if (plugin->has_open_table())
      return fail(error, PH_E_STATE, "", "the last table is still open");
    plugin->table_begin();
    return PH_OK;
  });
}

ph_status table_commit(ph_plugin* plugin, uint64_t /*epoch*/, ph_error* error) noexcept {
  return guarded(error, [&]() -> ph_status {
    if (!plugin->has_open_table()) return fail(error, PH_E_STATE, "", "no table is open");
    plugin->table_commit();
    return PH_OK;
  });
}

void table_abort(ph_plugin* plugin, uint64_t /*epoch*/) noexcept {
  guarded(nullptr, [&]() -> ph_status {
    plugin->table_abort();
    return PH_OK;
  });
}

ph_status start(ph_plugin* plugin, ph_error* error) noexcept {
  return guarded(error, [&]() -> ph_status {
    plugin->start();
    return PH_OK;
  });
}

ph_status health(ph_plugin* plugin, ph_error* error) noexcept {
  return guarded(error, [&]() -> ph_status {
    const std::string reason = plugin->health();
    return reason.empty() ? PH_OK : fail(error, PH_E_UNAVAILABLE, "", reason);
  });
}

/// PH_E_BUSY: the deadline came with handlers still running.
ph_status drain(ph_plugin* plugin, uint64_t deadline_ns) noexcept {
  return guarded(nullptr,
                 [&]() -> ph_status { return plugin->drain(deadline_ns) ? PH_OK : PH_E_BUSY; });
}

void stop(ph_plugin* plugin) noexcept {
  guarded(nullptr, [&]() -> ph_status {
    plugin->stop();
    return PH_OK;
  });
}

void destroy(ph_plugin* plugin) noexcept {
  // A thread inside a handler uses the instance and the interpreter as long as the process lives.
  if (!plugin->abandoned()) delete plugin;
}

constexpr ph_plugin_api kApi = {sizeof(ph_plugin_api),
                                0,
                                bind,
                                unbind,
                                table_begin,
                                table_commit,
                                table_abort,
                                start,
                                nullptr,
                                health,
                                drain,
                                stop,
                                destroy,
                                get_extension};

constexpr ph_entry kEntry = {sizeof(ph_entry),
                             PH_ABI_MAJOR,
                             PH_ABI_MINOR,
                             0,
                             PH_PF_SINGLETON,
                             "plughost.python",
                             PLUGHOST_VERSION,
                             "Endpoints written in Python",
                             "c",
                             nullptr,
                             &kApi,
                             create};

}  // namespace

const ph_entry* ph_plugin_entry_v1(void) { return &kEntry; }
