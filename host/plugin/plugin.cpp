#include "plugin/plugin.hpp"

#include <cstring>
#include <utility>

#include "base/log.hpp"
#include "plugin/abi_text.hpp"
#include "plugin/diagnose.hpp"
#include "plugin/entry.hpp"
#include "plugin/shared_library.hpp"
#include "plugin/signal_guard.hpp"

namespace plughost::plugin {
namespace {

constexpr std::chrono::milliseconds kPollInterval{1};

}  // namespace

Plugin::Plugin(config::Plugin settings, const Surroundings& surroundings)
    : settings_(std::move(settings)),
      config_file_(surroundings.config_file),
      call_limit_(surroundings.call_limit),
      services_(settings_.name, surroundings.config_dir.string(), surroundings.responder,
                surroundings.metrics),
      health_(surroundings.health.add(services_)),
      control_(settings_.name) {}

Plugin::~Plugin() = default;

Failure Plugin::load(const std::filesystem::path& file) {
  auto staged = StagedFile::make(file);
  if (!staged) return failure(settings_.position, file.string() + ": " + staged.error());
  staged_.emplace(std::move(staged.value()));

  auto overrun = call("load", usual_limit(), [this] {
    auto library = SharedLibrary::open(staged_->path());
    auto entry =
        library ? open_entry(library.value()) : Result<const ph_entry*>::failure(library.error());
    if (entry) {
      entry_ = entry.value();
    } else {
      load_error_ = entry.error();
    }
  });
  if (!overrun.empty()) return failure(settings_.position, overrun);
  if (entry_ == nullptr) return failure(settings_.position, file.string() + ": " + load_error_);
  phase_ = Phase::loaded;
  return {};
}

Failure Plugin::create() {
  return checked_call(
      "create", settings_.position, settings_.config_positions,
      [this] {
        return entry_->create(services_.table(), to_abi(settings_.config_json), &instance_,
                              &error_);
      },
      [this] { phase_ = Phase::created; });
}

Failure Plugin::start() {
  return checked_call(
      "start", settings_.position, settings_.config_positions,
      [this] { return api().start(instance_, &error_); },
      [this] {
        phase_ = Phase::started;
        health_->open(api(), instance_);
      });
}

void Plugin::begin_drain(Clock::time_point deadline) {
  if (phase_ != Phase::started || is_busy()) return;
  settle();
  phase_ = Phase::draining;
  health_->close();
  services_.expect_drained();
  status_ = PH_OK;
  if (api().drain == nullptr) return;
  const auto since_boot = deadline.time_since_epoch();  // steady_clock is CLOCK_MONOTONIC
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(since_boot).count();
  control_.post([this, ns] { status_ = api().drain(instance_, static_cast<std::uint64_t>(ns)); });
}

bool Plugin::is_drained() const {
  if (phase_ != Phase::draining) return !is_abandoned() && phase_ != Phase::started;
  if (!control_.is_idle() || !health_->is_quiet()) return false;
  if (status_ == PH_PENDING && !services_.is_drained()) return false;
  return is_quiet();
}

void Plugin::give_up() {
  std::string call = health_->is_quiet() ? "" : "health";
  if (!control_.is_idle()) call = is_busy() ? overdue_call_ : "drain";
  const auto why = call.empty() ? "still holds work" : "has not returned from " + call + "()";
  services_.log(
      log::Level::error, 0,
      "is abandoned: it " + why + "; requests in flight: " + std::to_string(requests_in_flight()));
  phase_ = Phase::abandoned;
}

bool Plugin::end(Clock::time_point deadline) {
  if (phase_ == Phase::draining) {
    if (!last_call("stop", deadline, [this] { api().stop(instance_); })) return false;
    phase_ = Phase::created;
  }
  if (phase_ == Phase::created) return unbind_all(deadline) && destroy(deadline);
  return !is_abandoned();
}

void Plugin::undo() {
  if (is_abandoned()) return;
  const auto deadline = usual_limit();
  begin_drain(Clock::time_point{});
  while (!is_drained() && Clock::now() < deadline) {
    std::this_thread::sleep_for(kPollInterval);
    begin_drain(Clock::time_point{});
  }
  if (is_drained()) {
    end(usual_limit());
  } else {
    give_up();
  }
}

bool Plugin::destroy(Clock::time_point deadline) {
  if (!last_call("destroy", deadline, [this] { api().destroy(instance_); })) return false;
  phase_ = Phase::loaded;
  return true;
}

bool Plugin::last_call(const char* name, Clock::time_point deadline, std::function<void()> job) {
  const auto sentence = call(name, deadline, std::move(job));
  if (!sentence.empty()) services_.log(log::Level::error, 0, sentence);
  return can_be_called();
}

std::string Plugin::call(const char* name, Clock::time_point deadline, std::function<void()> job) {
  if (is_abandoned()) return "is abandoned";
  const SignalGuard signals;
  if (!control_.run(std::move(job), deadline)) {
    const auto what = std::string("it has not returned from ") + name + "() in time";
    if (phase_ == Phase::started) {
      overdue_call_ = name;
      return what + "; it goes on serving what it serves";
    }
    phase_ = Phase::abandoned;
    return "is abandoned: " + what;
  }
  if (const auto changed = signals.restore(); !changed.empty()) {
    return std::string(name) + "() changed the handler of " + changed +
           ", which belongs to the host; it was put back";
  }
  return {};
}

Failure Plugin::checked_call(const char* name, SourcePosition position,
                             const config::Positions& positions, std::function<ph_status()> job,
                             std::function<void()> effect) {
  if (!can_be_called()) return {};  // its overrun was reported; error_ may still be written
  settle();
  error_ = empty_error();
  const auto sentence =
      call(name, usual_limit(), [this, job = std::move(job)] { status_ = job(); });
  if (!can_be_called()) {
    overdue_effect_ = std::move(effect);
    return failure(position, sentence);
  }
  if (status_ == PH_OK) {
    effect();
    return sentence.empty() ? Failure() : failure(position, sentence);
  }
  const std::string key(error_.key, strnlen(error_.key, sizeof error_.key));
  const auto reason = error_.msg[0] == '\0' ? std::string(name) + "() returned " : "";
  return failure(find_position(positions, key, position), reason + explain(status_, error_));
}

void Plugin::settle() {
  if (std::exchange(overdue_call_, {}).empty()) return;
  const auto effect = std::exchange(overdue_effect_, {});
  if (effect && status_ == PH_OK) effect();
}

Failure Plugin::failure(SourcePosition position, const std::string& sentence) const {
  return Diagnostic{config_file_, position,
                    "plugin '" + settings_.name + "': " + one_line(sentence)};
}

void keep_for_ever(std::unique_ptr<Plugin> plugin) {
  static auto& kept = *new std::vector<std::unique_ptr<Plugin>>;
  kept.push_back(std::move(plugin));
}

}  // namespace plughost::plugin
