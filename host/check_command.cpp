#include "check_command.hpp"

#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <thread>

#include "base/event_fd.hpp"
#include "base/log.hpp"
#include "dispatch/responder.hpp"
#include "net/tls_certificates.hpp"
#include "plugin/plugin_registry.hpp"
#include "process.hpp"
#include "route_tables.hpp"
#include "signals.hpp"

namespace plughost {
namespace {

[[noreturn]] void end_at_once(ExitCode code) {
  log::flush();
  ::_exit(static_cast<int>(code));
}

/// Until that task is done. TERM and INT end the process, whatever a plugin is doing.
void listen_to_signals(Signals& signals, const std::atomic<bool>& done, const EventFd& changed) {
  while (!done.load()) {
    pollfd watched[2] = {{signals.fd(), POLLIN, 0}, {changed.fd(), POLLIN, 0}};
    ::poll(watched, 2, -1);
    while (const int signal = signals.take()) {
      if (signal == SIGTERM || signal == SIGINT) end_at_once(ExitCode::work_abandoned);
    }
  }
}

ExitCode prove(const config::Config& config, const std::filesystem::path& executable_directory,
               int out) {
  dispatch::Responder responder;
  metrics::Registry metrics;
  plugin::PluginRegistry plugins(responder, executable_directory,
                                 config.admin ? &metrics : nullptr);
  RouteTables tables(responder, plugins);
  auto code = ExitCode::clean;
  try {
    if (config.tls) net::TlsCertificates{config};
    const std::size_t routes = tables.prove(config);
    ::dprintf(out, "%s: nothing wrong with %zu routes and %zu plugins\n", config.file.c_str(),
              routes, config.plugins.size());
  } catch (const StartError& error) {
    std::fputs(error.lines().c_str(), stderr);
    code = error.exit_code();
  }
  if (plugins.work_abandoned()) end_at_once(code);
  return code;
}

}  // namespace

ExitCode check(const config::Config& config, const std::filesystem::path& executable_directory) {
  const int out = take_stdout();
  Signals signals;  // as when it serves: plugins are told apart by whether they leave them alone
  EventFd changed;
  std::atomic<bool> done{false};
  auto code = ExitCode::internal_error;
  std::exception_ptr failure;
  std::thread thread([&] {
    try {
      code = prove(config, executable_directory, out);
    } catch (...) {
      failure = std::current_exception();
    }
    done.store(true);
    changed.notify();
  });
  listen_to_signals(signals, done, changed);
  thread.join();
  if (failure) std::rethrow_exception(failure);
  return code;
}

}  // namespace plughost
