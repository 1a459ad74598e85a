#include "app.hpp"

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "base/log.hpp"
#include "dispatch/executor.hpp"
#include "dispatch/responder.hpp"
#include "net/server.hpp"
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
  return config.threads.io > 0 ? config.threads.io
                               : std::max(1u, std::thread::hardware_concurrency());
}

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::string url_of(const dispatch::Endpoint& endpoint) {
  const bool v6 = endpoint.text.find(':') != std::string::npos;
  return "http://" + (v6 ? '[' + endpoint.text + ']' : endpoint.text) + ':' +
         std::to_string(endpoint.port);
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
      : config_(std::move(settings)),
        executor_(responder_, config_.threads.executor, config_.limits.queue),
        plugins_(config_, responder_, std::move(executable_directory)) {}

  ExitCode run();

 private:
  void start();
  void stop();
  void watch(const std::function<void()>& task, Clock::time_point deadline);
  void wait_for_signal(Clock::time_point deadline);
  void handle_signals();
  bool stop_requested() const { return stop_signals_ > 0; }
  [[noreturn]] void end_now(bool deadline_passed);

  // In construction order; stop() is that order read backwards.
  const config::Config config_;
  Signals signals_;
  dispatch::Responder responder_;
  dispatch::Executor executor_;
  plugin::PluginRegistry plugins_;
  std::unique_ptr<net::Server> server_;

  EventFd task_done_;
  int stop_signals_ = 0;
};

App::App(config::Config config, std::filesystem::path executable_directory)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(executable_directory))) {}
App::~App() = default;

ExitCode App::run() { return impl_->run(); }

ExitCode App::Impl::run() {
  raise_descriptor_limit();
  std::exception_ptr failure;
  watch(
      [&] {
        try {
          start();
        } catch (...) {
          failure = std::current_exception();
        }
      },
      Clock::time_point::max());
  if (failure) {
    if (plugins_.work_abandoned()) {
      // A plugin thread hangs in this process: no destructor may run under it.
      try {
        std::rethrow_exception(failure);
      } catch (const StartError& error) {
        for (const auto& mistake : error.diagnostics()) {
          std::fprintf(stderr, "%s\n", mistake.to_string().c_str());
        }
        log::flush();
        ::_exit(static_cast<int>(error.exit_code()));
      }
    }
    std::rethrow_exception(failure);
  }
  std::printf("listening on %s\n", url_of(server_->endpoint()).c_str());
  std::fflush(stdout);

  while (!stop_requested()) wait_for_signal(Clock::time_point::max());
  const auto deadline = Clock::now() + config_.shutdown.delay + config_.shutdown.timeout;
  watch([this] { stop(); }, deadline);
  if (plugins_.work_abandoned()) end_now(true);
  log::info("stopped");
  log::flush();
  return ExitCode::clean;
}

void App::Impl::start() {
  auto routes = routing::make_routes(config_);
  routing::RouteTable(config_.file, routes);  // ambiguities are cheap to find, plugins are not
  plugins_.load();
  plugins_.bind(routes);
  plugins_.start();
  try {
    auto table = std::make_shared<const routing::RouteTable>(config_.file, std::move(routes));
    server_ = std::make_unique<net::Server>(config_, io_threads(config_), responder_, executor_,
                                            std::move(table));
    server_->start();
  } catch (...) {
    const auto deadline = Clock::now() + config_.shutdown.timeout;
    plugins_.drain(deadline);
    plugins_.stop(deadline);
    throw;
  }
}

void App::Impl::stop() {
  std::this_thread::sleep_for(config_.shutdown.delay);
  const auto deadline = Clock::now() + config_.shutdown.timeout;
  server_->stop_accepting();
  server_->begin_drain();
  server_->wait_until_empty();
  plugins_.drain(deadline);
  plugins_.stop(deadline);
  if (plugins_.work_abandoned()) return;
  server_->stop();
  executor_.stop();
}

/// Runs task on a thread of its own while this one listens for signals.
void App::Impl::watch(const std::function<void()>& task, Clock::time_point deadline) {
  std::atomic<bool> done{false};
  std::thread thread([&] {
    task();
    done.store(true);
    task_done_.notify();
  });
  while (!done.load()) {
    wait_for_signal(deadline);
    if (stop_signals_ > 1) end_now(false);
    if (!done.load() && Clock::now() >= deadline) end_now(true);
  }
  thread.join();
}

void App::Impl::wait_for_signal(Clock::time_point deadline) {
  int timeout_ms = -1;
  if (deadline != Clock::time_point::max()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
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
      ++stop_signals_;
      log::info(std::string(name_of(signal)) +
                (stop_signals_ == 1 ? ": stopping" : " again: stopping at once"));
    } else {
      log::info(std::string(name_of(signal)) + " does nothing in this version");
    }
  }
}

void App::Impl::end_now(bool deadline_passed) {
  const auto owed = server_ == nullptr ? 0 : server_->requests_in_use();
  const bool abandoned = deadline_passed || owed > 0;
  if (server_ != nullptr) {
    server_->force_close();
    const auto last = Clock::now() + kLastAnswers;
    while (server_->requests_in_use() > 0 && Clock::now() < last) {
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
