#include "reloader.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/log.hpp"
#include "config/fixed_settings.hpp"
#include "probe.hpp"

namespace plughost {
namespace {

using Clock = std::chrono::steady_clock;

/// How often old tables are looked at. Rationale: the last user of a table is a request on an I/O
/// thread, which has better things to do than to tell.
constexpr std::chrono::milliseconds kLook{50};

void log_mistakes(const std::vector<Diagnostic>& mistakes) {
  for (const auto& mistake : mistakes) log::error(mistake.to_string());
}

}  // namespace

Reloader::Reloader(const config::Config& running, Load load, RouteTables& tables,
                   net::Server& server, net::TlsCertificates* certificates)
    : running_(running),
      load_(std::move(load)),
      tables_(tables),
      server_(server),
      certificates_(certificates),
      thread_([this] { run(); }) {}

Reloader::~Reloader() { stop(); }

void Reloader::request() {
  const std::lock_guard lock(mutex_);
  requested_ = true;
  changed_.notify_one();
}

void Reloader::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

bool Reloader::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Reloader::run() {
  bool is_clean = true;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto is_due = [this] { return requested_ || stopping_; };
    if (is_clean) {
      changed_.wait(lock, is_due);
    } else {
      changed_.wait_for(lock, kLook, is_due);
    }
    if (stopping_) return;
    const bool is_reload = std::exchange(requested_, false);
    lock.unlock();
    if (is_reload) reload();
    is_clean = tables_.clean_up();
    lock.lock();
  }
}

void Reloader::reload() {
  if (certificates_ != nullptr) {
    const auto mistakes = certificates_->reload();
    log_mistakes(mistakes);
    if (!mistakes.empty()) {
      return log::error(
          "SIGHUP: nothing was reloaded, as the certificates in the files are not right");
    }
    log::info("SIGHUP: read the certificates again");
  }
  try {
    use_new_routes();
  } catch (const StartError& error) {
    log_mistakes(error.diagnostics());
    log::error("SIGHUP: reload refused; what was served before still is");
  } catch (const std::exception& error) {
    log::error(std::string("SIGHUP: reload failed: ") + error.what() +
               "; what was served before still is");
  }
}

void Reloader::use_new_routes() {
  const auto begin = Clock::now();
  tables_.clean_up();
  if (tables_.old_tables() >= kMostOldTables) {
    throw StartError(ExitCode::refused,
                     {{running_.file,
                       {},
                       "requests still use " + std::to_string(tables_.old_tables()) +
                           " older states of the routes, which is the most that are kept; wait for "
                           "the end of long streams, or restart"}});
  }
  const auto config = load_();
  auto changes = config::find_fixed_changes(running_, config);
  if (!changes.empty()) throw StartError(ExitCode::refused, std::move(changes));
  const auto given_up = [this] { return stopping(); };
  const auto wrong = probe(config.file, given_up);
  if (given_up()) return;
  for (const auto& line : wrong) log::error(line);
  if (!wrong.empty()) throw StartError(ExitCode::refused, {});
  const auto table = tables_.make(config, given_up);
  if (table == nullptr) return;
  server_.use(table);
  log::set_level(config.log_level);
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  log::info("SIGHUP: serving " + std::to_string(table->routes().size()) + " routes of " +
            config.file + " as it is now; it took " + std::to_string(took.count()) + " ms");
}

}  // namespace plughost
