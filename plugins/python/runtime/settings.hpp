#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/pool_options.hpp"

namespace plughost::python {

/// The plugin's `config:` of routes.yaml, checked and filled in.
struct Settings {
  std::vector<std::string> import_paths;  ///< absolute; stand first in sys.path, in this order
  std::string venv;                       ///< absolute; empty: none. The default is VIRTUAL_ENV
  unsigned threads = 8;                   ///< dispatch threads: handlers that may wait at once
  std::size_t queue = 4096;               ///< requests waiting for a dispatch thread
  std::size_t tasks = 10000;              ///< requests in mode async at once
  std::string loop = "auto";              ///< asyncio, uvloop, or auto: uvloop if it is installed
  std::map<std::string, PoolOptions, std::less<>> pools;  ///< by name; "default" is always there
  bool debug = false;               ///< a 500 shows its traceback to the client
  std::vector<std::string> routes;  ///< modules that declare routes of their own
};

/// Errors: throws BindError naming the key (unknown, wrong type, out of range, no such folder).
Settings parse_settings(std::string_view json, const std::filesystem::path& base);

enum class Mode { thread, async, pool, asgi, wsgi };

/// A route's own options.
struct RouteOptions {
  std::optional<Mode> mode;      ///< none: as the function is
  std::string pool = "default";  ///< in Mode::pool: its name; whether it exists is not checked here
  bool factory = false;          ///< of asgi and wsgi: the target makes the application
  bool stream_body = false;      ///< of wsgi: wsgi.input is read as it arrives
  std::optional<bool> debug;     ///< none: as Settings::debug
};

/// Errors: throws BindError, as parse_settings does.
RouteOptions parse_route_options(std::string_view json);

}  // namespace plughost::python
