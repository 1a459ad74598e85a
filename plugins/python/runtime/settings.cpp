#include "runtime/settings.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "core/target.hpp"
#include "runtime/options.hpp"

namespace plughost::python {
namespace {

constexpr std::size_t kMaxThreads = 1024;
constexpr std::size_t kMaxQueue = 1'000'000;
constexpr std::size_t kMaxAsyncTasks = 1'000'000;
constexpr std::size_t kMaxWorkers = 256;
constexpr std::size_t kMaxNice = 19;
constexpr std::size_t kMaxTasks = 1'000'000'000'000;

std::string absolute(const std::filesystem::path& base, const std::string& path) {
  return (base / path).lexically_normal().string();
}

/// The default folder need not exist; one that somebody wrote down must.
std::vector<std::string> import_paths(const Options& options, const std::filesystem::path& base) {
  const bool written = options.find("import_paths") != nullptr;
  std::vector<std::string> paths;
  for (const std::string& path : options.texts("import_paths", {"python"})) {
    std::string full = absolute(base, path);
    std::error_code ignored;
    if (written && !std::filesystem::exists(full, ignored)) {
      throw BindError(options.pointer_to("import_paths") + "/" + std::to_string(paths.size()),
                      "there is no folder " + full);
    }
    paths.push_back(std::move(full));
  }
  return paths;
}

/// The environment variable is what activating a virtual environment sets.
std::string venv(const Options& options, const std::filesystem::path& base) {
  const char* activated = std::getenv("VIRTUAL_ENV");
  const std::string path = options.text("venv", activated == nullptr ? "" : activated);
  return path.empty() ? path : absolute(base, path);
}

bool is_pool_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
}

Recycle read_recycle(const Options& options) {
  options.allow({"tasks", "rss", "age"}, {});
  Recycle recycle;
  recycle.tasks = options.count("tasks", recycle.tasks, 1, kMaxTasks);
  recycle.rss_bytes = options.size("rss", recycle.rss_bytes);
  recycle.age = options.duration("age", recycle.age);
  return recycle;
}

PoolOptions read_pool(const Options& options) {
  options.allow({"workers", "queue", "nice", "preload", "start", "recycle", "call_timeout"},
                {"executor", "scheduler", "shared_memory"});
  PoolOptions pool;
  pool.workers = static_cast<unsigned>(options.count("workers", pool.workers, 1, kMaxWorkers));
  pool.queue = options.count("queue", pool.queue, 1, kMaxQueue);
  pool.nice = static_cast<unsigned>(options.count("nice", pool.nice, 0, kMaxNice));
  pool.preload = options.texts("preload", {});
  pool.start = options.text("start", "");
  if (!pool.start.empty() && pool.start.find(':') == std::string::npos) {
    throw BindError(options.pointer_to("start"),
                    "'" + pool.start + "' is not a Python function: write module:function");
  }
  pool.recycle = read_recycle(options.child("recycle"));
  pool.call_timeout = options.duration("call_timeout", pool.call_timeout);
  return pool;
}

void read_pools(const Options& options, Settings& settings) {
  settings.pools["default"] = {};
  for (const std::string& name : options.names()) {
    if (!is_pool_name(name)) {
      throw BindError(options.pointer_to(name),
                      "the name of a pool is made of letters, digits, '_' and '-'");
    }
    settings.pools[name] = read_pool(options.child(name));
  }
}

std::string loop_kind(const Options& options, const std::string& fallback) {
  const std::string kind = options.text("loop", fallback);
  if (kind == "auto" || kind == "asyncio" || kind == "uvloop") return kind;
  throw BindError("/loop", "unknown loop '" + kind + "': it is auto, asyncio or uvloop");
}

Mode mode_named(const std::string& name) {
  if (name == "thread") return Mode::thread;
  if (name == "async") return Mode::async;
  if (name == "pool") return Mode::pool;
  if (name == "asgi") return Mode::asgi;
  if (name == "wsgi") return Mode::wsgi;
  const std::string_view meant = nearest(name, {"thread", "async", "pool", "asgi", "wsgi"});
  throw BindError("/mode",
                  "unknown mode '" + name + "'" +
                      (meant.empty() ? std::string(": it is thread, async, pool, asgi or wsgi")
                                     : " (did you mean '" + std::string(meant) + "'?)"));
}

}  // namespace

Settings parse_settings(std::string_view json, const std::filesystem::path& base) {
  const rapidjson::Document document = parse_object(json);
  const Options options(document, "");
  options.allow(
      {"import_paths", "venv", "threads", "queue", "tasks", "loop", "pools", "debug", "routes"},
      {"executor", "scheduler", "startup", "shutdown"});
  Settings settings;
  settings.import_paths = import_paths(options, base);
  settings.venv = venv(options, base);
  settings.threads =
      static_cast<unsigned>(options.count("threads", settings.threads, 1, kMaxThreads));
  settings.queue = options.count("queue", settings.queue, 1, kMaxQueue);
  settings.tasks = options.count("tasks", settings.tasks, 1, kMaxAsyncTasks);
  settings.loop = loop_kind(options, settings.loop);
  settings.debug = options.flag("debug", settings.debug);
  settings.routes = options.texts("routes", {});
  read_pools(options.child("pools"), settings);
  return settings;
}

RouteOptions parse_route_options(std::string_view json) {
  const rapidjson::Document document = parse_object(json);
  const Options options(document, "");
  options.allow({"mode", "debug", "pool", "factory", "stream_body"},
                {"executor", "scheduler", "max_in_flight"});
  RouteOptions route;
  if (options.find("debug") != nullptr) route.debug = options.flag("debug", false);
  if (options.find("mode") != nullptr) route.mode = mode_named(options.text("mode", ""));
  route.factory = options.flag("factory", false);
  if (route.factory && route.mode != Mode::asgi && route.mode != Mode::wsgi) {
    throw BindError("/factory", "'factory' is for mode asgi and mode wsgi");
  }
  route.stream_body = options.flag("stream_body", false);
  if (route.stream_body && route.mode != Mode::wsgi) {
    throw BindError("/stream_body",
                    "'stream_body' is for mode wsgi: an ASGI application always reads its body as "
                    "it arrives, and a handler whose parameter 'body' is an Iterator[bytes]");
  }
  if (options.find("pool") == nullptr) return route;
  route.pool = options.text("pool", route.pool);
  if (route.mode.value_or(Mode::pool) != Mode::pool) {
    throw BindError("/pool",
                    "a pool is for 'mode: pool', not for '" + options.text("mode", "") + "'");
  }
  route.mode = Mode::pool;
  return route;
}

}  // namespace plughost::python
