#include "app.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "builtin/builtin_handlers.hpp"
#include "dispatch/executor.hpp"
#include "dispatch/responder.hpp"
#include "net/server.hpp"
#include "net/tls_certificates.hpp"
#include "plugin/plugin_registry.hpp"
#include "routing/route_builder.hpp"
#include "routing/route_table.hpp"
#include "signals.hpp"

namespace plughost {
namespace {

using dispatch::Clock;

/// How long a forced end waits for its 503 answers to reach the clients.
constexpr std::chrono::milliseconds kLastAnswers{500};

unsigned io_threads(const config::Config& config) {
  return config.threads.io > 0
             ? config.threads.io
             : std::clamp(std::thread::hardware_concurrency(), 1u, config::kMaxIoThreads);
}

/// Raises the descriptor limit as far as it goes and keeps connections below it, so that plugins
/// and the host itself never run out because of clients.
config::Config within_descriptor_limit(config::Config config) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return config;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  const std::size_t reserve = 64 + config::kTurnedAwayAtOnce + 16 * std::size_t{io_threads(config)};
  const std::size_t most =
      limit.rlim_cur > 2 * reserve ? limit.rlim_cur - reserve : limit.rlim_cur / 2;
  if (config.limits.connections > most) {
    log::warn("limits.connections is " + std::to_string(config.limits.connections) +
              " but the descriptor limit leaves room for " + std::to_string(most) +
              ", which is used; raise it with ulimit -n");
    config.limits.connections = most;
  }
  return config;
}

/// stdout is for the lines scripts wait for. What plugins, Python's print() and the pool's workers
/// write to descriptor 1 goes where logs go.
int take_stdout() {
  const int real = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);
  return real;
}

const char* name_of(int signal) {
  switch (signal) {
    case SIGTERM:
      return "SIGTERM";
    case SIGINT:
      return "SIGINT";
    case SIGHUP:
      return "SIGHUP";
    case SIGUSR1:
      return "SIGUSR1";
    default:
      return "SIGUSR2";
  }
}

}  // namespace

class App::Impl {
 public:
  Impl(config::Config settings, std::filesystem::path executable_directory)
      : config_(within_descriptor_limit(std::move(settings))),
        inherited_(net::take_inherited_sockets()),
        stdout_(take_stdout()),
        certificates_(config_.tls ? std::make_unique<net::TlsCertificates>(config_) : nullptr),
        executor_(responder_, config_.threads.executor, config_.limits.queue),
        builtin_(responder_),
        plugins_(config_, responder_, std::move(executable_directory)) {}

  ExitCode run();

 private:
  void start();
  void stop();
  void watch(const std::function<void()>& task);
  void wait_for_signal();
  void handle_signals();
  void reload();
  void announce(const std::string& lines);
  void report_failed_start(const std::exception_ptr& failure);
  bool stop_requested() const { return stop_signals_.load() > 0; }
  [[noreturn]] void end_now(bool deadline_passed);

  // In construction order; stop() is that order read backwards.
  const config::Config config_;
  std::vector<net::InheritedSocket> inherited_;  // until server_ takes them
  const int stdout_;
  const std::unique_ptr<net::TlsCertificates> certificates_;  // null: no TLS
  Signals signals_;
  dispatch::Responder responder_;
  dispatch::Executor executor_;
  builtin::BuiltinHandlers builtin_;
  plugin::PluginRegistry plugins_;
  std::unique_ptr<net::Server> server_;

  std::atomic<net::Server*> serving_{nullptr};  // server_, once it is complete
  EventFd task_done_;
  std::atomic<int> stop_signals_{0};
  Clock::time_point deadline_ = Clock::time_point::max();  // of the stop; [main]
};

App::App(config::Config config, std::filesystem::path executable_directory)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(executable_directory))) {}
App::~App() = default;

ExitCode App::run() { return impl_->run(); }

ExitCode App::Impl::run() {
  std::exception_ptr failure;
  watch([&] {
    try {
      start();
    } catch (...) {
      failure = std::current_exception();
    }
  });
  if (failure) report_failed_start(failure);
  if (server_ != nullptr) {
    std::string lines;
    for (const std::string& url : server_->urls()) lines += "listening on " + url + '\n';
    announce(lines);
    while (!stop_requested()) wait_for_signal();
    watch([this] { stop(); });
    if (plugins_.work_abandoned()) end_now(true);
  }
  log::info("stopped");
  log::flush();
  return ExitCode::clean;
}

void App::Impl::announce(const std::string& lines) {
  std::string_view rest = lines;
  while (!rest.empty()) {
    const auto written = ::write(stdout_, rest.data(), rest.size());
    if (written < 0) return;  // nobody reads it, and nobody needs to
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// Throws it, or ends the process here if a plugin hangs: no destructor may run under its thread.
void App::Impl::report_failed_start(const std::exception_ptr& failure) {
  if (!plugins_.work_abandoned()) std::rethrow_exception(failure);
  auto code = ExitCode::internal_error;
  try {
    std::rethrow_exception(failure);
  } catch (const StartError& error) {
    std::fputs(error.lines().c_str(), stderr);
    code = error.exit_code();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "plughost: internal error: %s\n", error.what());
  }
  log::flush();
  ::_exit(static_cast<int>(code));
}

void App::Impl::start() {
  auto routes = routing::make_routes(config_);
  routing::RouteTable(config_.file, routes);  // ambiguities are cheap to find, plugins are not
  plugins_.load();
  if (stop_requested()) return;
  builtin_.bind(config_, routes);
  plugins_.bind(routes);
  if (stop_requested()) return;
  plugins_.start();
  try {
    auto table = std::make_shared<const routing::RouteTable>(config_.file, std::move(routes));
    server_ = std::make_unique<net::Server>(config_, io_threads(config_), responder_, executor_,
                                            std::move(table), std::move(inherited_),
                                            certificates_.get());
    server_->start();
    serving_.store(server_.get());
  } catch (...) {
    const auto deadline = Clock::now() + config_.shutdown.timeout;
    plugins_.drain(deadline);
    plugins_.stop(deadline);
    if (!stop_requested()) throw;
  }
}

void App::Impl::stop() {
  std::this_thread::sleep_for(config_.shutdown.delay);
  const auto deadline = Clock::now() + config_.shutdown.timeout;
  server_->stop_accepting();
  responder_.announce_stop();
  server_->begin_drain();
  if (!server_->wait_until_empty(Clock::now() + config_.shutdown.timeout / 2)) {
    server_->close_unowed();
    server_->wait_until_empty(Clock::time_point::max());  // watch() ends it at the deadline
  }
  plugins_.drain(deadline);
  plugins_.stop(deadline);
  if (plugins_.work_abandoned()) return;
  server_->stop();
  executor_.stop();
}

/// Runs task on a thread of its own while this one listens for signals.
void App::Impl::watch(const std::function<void()>& task) {
  std::atomic<bool> done{false};
  std::thread thread([&] {
    task();
    done.store(true);
    task_done_.notify();
  });
  while (!done.load()) {
    if (stop_signals_.load() > 1) end_now(false);
    if (Clock::now() >= deadline_) end_now(true);
    wait_for_signal();
  }
  thread.join();
}

void App::Impl::wait_for_signal() {
  int timeout_ms = -1;
  if (deadline_ != Clock::time_point::max()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now());
    timeout_ms = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
  }
  pollfd watched[2] = {{signals_.fd(), POLLIN, 0}, {task_done_.fd(), POLLIN, 0}};
  ::poll(watched, 2, timeout_ms);
  task_done_.clear();
  handle_signals();
}

void App::Impl::handle_signals() {
  while (const int signal = signals_.take()) {
    if (signal == SIGTERM || signal == SIGINT) {
      const bool first = stop_signals_.fetch_add(1) == 0;
      if (first) deadline_ = Clock::now() + config_.shutdown.delay + config_.shutdown.timeout;
      log::info(std::string(name_of(signal)) + (first ? ": stopping" : " again: stopping at once"));
    } else if (signal == SIGHUP) {
      reload();
    } else {
      log::info(std::string(name_of(signal)) + " does nothing in this version");
    }
  }
}

void App::Impl::reload() {
  if (certificates_ == nullptr) {
    return log::info("SIGHUP: there are no certificates to read again; all else needs a restart");
  }
  const auto mistakes = certificates_->reload();
  if (mistakes.empty()) return log::info("SIGHUP: read the certificates again");
  for (const auto& mistake : mistakes) log::error(mistake.to_string());
  log::error("SIGHUP: kept the certificates in use, as those in the files are not right");
}

void App::Impl::end_now(bool deadline_passed) {
  auto* server = serving_.load();
  const auto owed = server == nullptr ? 0 : server->requests_dispatched();
  const bool abandoned = deadline_passed || owed > 0;
  if (server != nullptr) {
    server->force_close();
    const auto last = Clock::now() + kLastAnswers;
    while (server->requests_in_use() > 0 && Clock::now() < last) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  if (abandoned) {
    log::error("stopped with work abandoned: " + std::to_string(owed) + " requests unfinished" +
               (deadline_passed ? " at shutdown.timeout" : ""));
  }
  log::flush();
  ::_exit(static_cast<int>(abandoned ? ExitCode::work_abandoned : ExitCode::clean));
}

}  // namespace plughost
