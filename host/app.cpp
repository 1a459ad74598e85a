#include "app.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "admin_server.hpp"
#include "base/log.hpp"
#include "dispatch/executor.hpp"
#include "dispatch/responder.hpp"
#include "metrics/process.hpp"
#include "net/server.hpp"
#include "net/tls_certificates.hpp"
#include "plugin/plugin_registry.hpp"
#include "process.hpp"
#include "reloader.hpp"
#include "route_tables.hpp"
#include "signals.hpp"

namespace plughost {
namespace {

using dispatch::Clock;

/// How long a forced end waits for its 503 answers to reach the clients.
constexpr std::chrono::milliseconds kLastAnswers{500};
constexpr std::chrono::milliseconds kLastWords{50};

std::string name_of(int signal) { return std::string("SIG") + ::sigabbrev_np(signal); }

}  // namespace

class App::Impl {
 public:
  Impl(config::Config settings, Reloader::Load load, std::filesystem::path executable_directory)
      : config_(within_descriptor_limit(std::move(settings))),
        load_(std::move(load)),
        inherited_(net::take_inherited_sockets()),
        stdout_(take_stdout()),
        certificates_(config_.tls ? std::make_unique<net::TlsCertificates>(config_) : nullptr),
        executor_(responder_, config_.threads.executor, config_.limits.queue),
        plugins_(responder_, std::move(executable_directory), config_.admin ? &metrics_ : nullptr),
        tables_(responder_, plugins_),
        admin_(config_,
               {[this] { return plugins_.ailments(); }, [this] { return all_metrics(); }}) {}

  ExitCode run();

 private:
  void start();
  void stop();
  void watch(const std::function<void()>& task);
  void wait_for_signal();
  void handle_signals();
  metrics::Families all_metrics() const;
  void announce(const std::string& lines);
  void report_failed_start(const std::exception_ptr& failure);
  bool stop_requested() const { return stop_signals_.load() > 0; }
  [[noreturn]] void end_now(bool deadline_passed);

  // In construction order; stop() is that order read backwards.
  const config::Config config_;
  const Reloader::Load load_;
  std::vector<net::InheritedSocket> inherited_;  // until server_ takes them
  const int stdout_;
  const std::unique_ptr<net::TlsCertificates> certificates_;  // null: no TLS
  Signals signals_;
  dispatch::Responder responder_;
  dispatch::Executor executor_;
  metrics::Registry metrics_;
  plugin::PluginRegistry plugins_;
  RouteTables tables_;
  AdminServer admin_;
  std::unique_ptr<net::Server> server_;
  std::unique_ptr<Reloader> reloader_;  // while it serves

  std::atomic<net::Server*> serving_{nullptr};  // server_, once it is complete
  EventFd task_done_;
  std::atomic<int> stop_signals_{0};
  bool reload_wanted_ = false;                             // [main]
  Clock::time_point deadline_ = Clock::time_point::max();  // of the stop; [main]
};

App::App(config::Config config, std::function<config::Config()> load,
         std::filesystem::path executable_directory)
    : impl_(std::make_unique<Impl>(std::move(config), std::move(load),
                                   std::move(executable_directory))) {}
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
    reloader_ = std::make_unique<Reloader>(config_, load_, tables_, *server_, certificates_.get());
    while (!stop_requested()) {
      if (std::exchange(reload_wanted_, false)) reloader_->request();
      wait_for_signal();
    }
    watch([this] { stop(); });
    if (plugins_.work_abandoned()) end_now(true);
  }
  log::info("stopped");
  log::flush();
  return ExitCode::clean;
}

/// [any]
metrics::Families App::Impl::all_metrics() const {
  auto families = metrics_.collect();
  std::ranges::move(metrics::process_metrics(), std::back_inserter(families));
  return families;
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
  auto table = tables_.make(config_, [this] { return stop_requested(); });
  if (table == nullptr) return;
  try {
    server_ =
        std::make_unique<net::Server>(config_, io_threads(config_), responder_, executor_,
                                      std::move(table), std::move(inherited_), certificates_.get());
    server_->start();
    serving_.store(server_.get());
    admin_.set_serving();
  } catch (...) {
    const auto deadline = Clock::now() + config_.shutdown.timeout;
    plugins_.drain(deadline);
    plugins_.stop(deadline);
    if (!stop_requested()) throw;
  }
}

void App::Impl::stop() {
  admin_.set_stopping();
  std::this_thread::sleep_for(config_.shutdown.delay);
  // A little before the process is ended, so that the log says for whom it has waited.
  const auto deadline = deadline_ - std::min(kLastWords, config_.shutdown.timeout / 10);
  server_->stop_accepting();
  responder_.announce_stop();
  server_->begin_drain();
  if (!server_->wait_until_empty(Clock::now() + config_.shutdown.timeout / 2)) {
    server_->close_unowed();
    server_->wait_until_empty(Clock::time_point::max());  // watch() ends it at the deadline
  }
  reloader_->stop();
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
      log::info(name_of(signal) + (first ? ": stopping" : " again: stopping at once"));
    } else if (signal == SIGHUP) {
      reload_wanted_ = true;
    } else {
      log::info(name_of(signal) + " does nothing in this version");
    }
  }
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
