#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "app.hpp"
#include "base/log.hpp"
#include "check_command.hpp"
#include "checks.hpp"
#include "config/admin_address.hpp"
#include "config/listen_address.hpp"
#include "config/yaml_loader.hpp"

namespace {

using plughost::ExitCode;

struct Options {
  std::string config = "routes.yaml";
  std::vector<std::string> listen;
  std::string admin;
  unsigned io_threads = 0;
  unsigned executor_threads = 0;
};

void add_serve_options(CLI::App& app, Options& options) {
  app.add_option("-c,--config", options.config, "The routes file")
      ->envname("PLUGHOST_CONFIG")
      ->capture_default_str();
  app.add_option("--listen", options.listen,
                 "HOST:PORT, unix:PATH or systemd[:NAME] instead of the file's; port 0 takes any; "
                 "may be repeated, or a list with commas")
      ->envname("PLUGHOST_LISTEN")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--admin", options.admin,
                 "HOST:PORT or unix:PATH of health and metrics instead of the file's, or none")
      ->envname("PLUGHOST_ADMIN");
  app.add_option("--io-threads", options.io_threads, "I/O threads (default: one for each core)")
      ->envname("PLUGHOST_IO_THREADS")
      ->check(CLI::Range(1u, plughost::config::kMaxIoThreads));
  app.add_option("--executor-threads", options.executor_threads,
                 "Threads for native handlers that block")
      ->envname("PLUGHOST_EXECUTOR_THREADS")
      ->check(CLI::Range(1u, 4096u));
}

[[noreturn]] void refuse(const char* source, const std::string& mistake) {
  throw plughost::StartError(ExitCode::usage, {{source, {}, mistake}});
}

/// PaaS convention: PORT replaces only the port of the first address that has one, and a flag
/// beats it.
void apply_port_variable(plughost::config::Config& config) {
  using plughost::config::ListenAddress;
  const char* port = std::getenv("PORT");
  if (port == nullptr || *port == '\0') return;
  const auto address =
      std::ranges::find(config.listen, ListenAddress::Kind::tcp, &ListenAddress::kind);
  if (address == config.listen.end()) return;
  std::string text = plughost::config::to_string(*address);
  text.replace(text.rfind(':') + 1, std::string::npos, port);
  const auto parsed = plughost::config::parse_listen_address(text);
  if (!parsed) refuse("PORT", parsed.error());
  address->port = parsed.value().port;
}

/// Relative paths are the shell's here, not the file's.
void apply_listen_option(const std::vector<std::string>& texts, plughost::config::Config& config) {
  config.listen.clear();
  for (const std::string& text : texts) {
    auto address = plughost::config::parse_listen_address(text);
    if (!address) refuse("--listen", address.error());
    auto mistake =
        plughost::config::place_unix_socket(address.value(), std::filesystem::current_path());
    if (mistake.empty()) mistake = plughost::config::find_repeated(config.listen, address.value());
    if (!mistake.empty()) refuse("--listen", mistake);
    config.listen.push_back(std::move(address.value()));
  }
}

void apply_admin_option(const std::string& text, plughost::config::Config& config) {
  auto parsed = plughost::config::parse_admin_address(text, std::filesystem::current_path());
  if (!parsed) refuse("--admin", parsed.error());
  config.admin = std::move(parsed.value());
}

plughost::config::Config load(const Options& options) {
  auto config = plughost::config::load_yaml(options.config, plughost::make_checks());
  if (options.listen.empty()) {
    apply_port_variable(config);
  } else {
    apply_listen_option(options.listen, config);
  }
  if (!options.admin.empty()) apply_admin_option(options.admin, config);
  if (const auto clash = plughost::config::find_admin_clash(config); !clash.empty()) {
    throw plughost::StartError(ExitCode::refused, {{config.file, {}, clash}});
  }
  if (options.io_threads > 0) config.threads.io = options.io_threads;
  if (options.executor_threads > 0) config.threads.executor = options.executor_threads;
  return config;
}

ExitCode serve(const Options& options, const std::filesystem::path& executable_directory) {
  auto config = load(options);
  plughost::log::set_level(config.log_level);
  plughost::App app(
      std::move(config), [&options] { return load(options); }, executable_directory);
  return app.run();
}

ExitCode run(const Options& options, bool only_check) {
  try {
    const auto directory = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    return only_check ? plughost::check(load(options), directory) : serve(options, directory);
  } catch (const plughost::StartError& error) {
    std::fputs(error.lines().c_str(), stderr);
    return error.exit_code();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "plughost: internal error: %s\n", error.what());
    return ExitCode::internal_error;
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("plughost: an HTTP server whose endpoints live in plugins");
  app.set_version_flag("--version", std::string("plughost ") + PLUGHOST_VERSION);
  app.footer(
      "Signals: TERM or INT stops in order, a second one at once; HUP reloads.\n"
      "Exit codes: 0 clean, 1 internal error, 2 usage, 3 refused, 4 cannot listen,\n"
      "5 work abandoned. Environment: every flag as PLUGHOST_*, and PORT.");
  Options options;
  add_serve_options(app, options);
  app.add_subcommand("serve", "Serve the routes file (the default)")->fallthrough();
  const auto* check =
      app.add_subcommand("check",
                         "Load all that the routes file names, bind every route, serve none")
          ->fallthrough();
  app.require_subcommand(0, 1);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::usage);
  }
  return static_cast<int>(run(options, check->parsed()));
}
