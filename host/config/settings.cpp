#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/keys.hpp"
#include "config/listen_address.hpp"
#include "config/quote.hpp"
#include "config/sections.hpp"
#include "config/suggestions.hpp"

namespace plughost::config {
namespace {

constexpr milliseconds kZero{0};
constexpr milliseconds kOne{1};

void read_threads(const Node& node, Threads& threads, Problems& problems) {
  read_mapping(node, " in 'threads'",
               {{"io", count_into(threads.io, 1, kMaxIoThreads, problems)},
                {"executor", count_into(threads.executor, 1, 10'000, problems)}},
               {}, problems);
}

void read_limits(const Node& node, Limits& limits, Problems& problems) {
  constexpr std::uint64_t kKiB = 1024;
  constexpr std::uint64_t kGiB = kKiB * kKiB * kKiB;
  constexpr std::uint64_t kMany = 1'000'000;
  read_mapping(node, " in 'limits'",
               {{"header_bytes", size_into(limits.header_bytes, 128, 64 * kKiB * kKiB, problems)},
                {"body", size_into(limits.body, 0, 1024 * kGiB, problems)},
                {"buffered_bytes", size_into(limits.buffered_bytes, 1, 1024 * kGiB, problems)},
                {"connections", count_into(limits.connections, 1, kMany, problems)},
                {"keep_alive", duration_into(limits.keep_alive, kOne, problems)},
                {"header_timeout", duration_into(limits.header_timeout, kOne, problems)},
                {"body_timeout", duration_into(limits.body_timeout, kOne, problems)},
                {"write_timeout", duration_into(limits.write_timeout, kOne, problems)},
                {"headers", count_into(limits.headers, 1, 10'000, problems)},
                {"pipeline_depth", count_into(limits.pipeline_depth, 1, 10'000, problems)},
                {"queue", count_into(limits.queue, 1, kMany, problems)},
                {"websocket_message", size_into(limits.websocket_message, 1, kGiB, problems)},
                {"websocket_ping", duration_into(limits.websocket_ping, kZero, problems)}},
               {}, problems);
}

void read_shutdown(const Node& node, Shutdown& shutdown, Problems& problems) {
  read_mapping(node, " in 'shutdown'",
               {{"delay", duration_into(shutdown.delay, kZero, problems)},
                {"linger", duration_into(shutdown.linger, kZero, problems)},
                {"timeout", duration_into(shutdown.timeout, kOne, problems)}},
               {}, problems);
}

void read_level(const Node& node, log::Level& level, Problems& problems) {
  constexpr log::Level kLevels[] = {log::Level::debug, log::Level::info, log::Level::warn,
                                    log::Level::error};
  const auto choice =
      read_choice(node, "a log level", {"debug", "info", "warn", "error"}, problems);
  if (choice) level = kLevels[*choice];
}

void read_log(const Node& node, Config& config, Problems& problems) {
  const Reader level = [&](const Node& value) { read_level(value, config.log_level, problems); };
  read_mapping(node, " in 'log'", {{"level", level}},
               {"access", "file", "access_file", "access_paths"}, problems);
}

}  // namespace

void read_settings(const Node& root, Config& config, Problems& problems) {
  const Reader elsewhere = [](const Node&) {};
  read_mapping(
      root, "",
      {{"listen", [&](const Node& node) { read_listen(node, config, problems); }},
       {"admin", [&](const Node& node) { read_admin(node, config, problems); }},
       {"threads", [&](const Node& node) { read_threads(node, config.threads, problems); }},
       {"timeout", duration_into(config.timeout, kZero, problems)},
       {"plugin_timeout", duration_into(config.plugin_timeout, kOne, problems)},
       {"limits", [&](const Node& node) { read_limits(node, config.limits, problems); }},
       {"proxies",
        [&](const Node& node) { read_proxies(node, config.proxies.emplace(), problems); }},
       {"cors", [&](const Node& node) { read_cors(node, config.cors, problems); }},
       {"shutdown", [&](const Node& node) { read_shutdown(node, config.shutdown, problems); }},
       {"log", [&](const Node& node) { read_log(node, config, problems); }},
       {"tls", [&](const Node& node) { read_tls(node, config, problems); }},
       {"plugins", elsewhere},
       {"plugin_dir", elsewhere},
       {"routes", elsewhere}},
      {"watch"}, problems);
  for (const ListenAddress& address : config.listen) {
    if (address.tls.value_or(false) && !config.tls) {
      problems.add(address.position, quote(to_string(address)) +
                                         " has 'tls: true', but there is no 'tls' with a "
                                         "certificate at the top of the file; add it");
    }
  }
}

}  // namespace plughost::config
