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
      services_(settings_.name, surroundings.config_dir.string(), surroundings.responder),
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
  auto failed = checked_call("create", settings_.position, settings_.config_positions, [this] {
    return entry_->create(services_.table(), to_abi(settings_.config_json), &instance_, &error_);
  });
  if (succeeded()) phase_ = Phase::created;
  return failed;
}

Failure Plugin::table_begin(std::uint64_t epoch) {
  if (api().table_begin == nullptr) return {};
  auto failed =
      checked_call("table_begin", settings_.position, settings_.config_positions,
                   [this, epoch] { return api().table_begin(instance_, epoch, &error_); });
  if (succeeded()) open_table_ = epoch;
  return failed;
}

Failure Plugin::bind(const config::Route& settings, routing::Route& route) {
  if (is_abandoned()) return {};  // its overrun was reported; candidate_ may still be written
  const bool is_serial = (entry_->flags & PH_PF_SERIAL) != 0;
  candidate_ =
      std::make_unique<PluginHandler>(services_, settings, route, is_serial ? &strand_ : nullptr);
  auto failed = checked_call("bind", settings.target_position, settings.options_positions, [this] {
    return api().bind(instance_, candidate_->route(), &candidate_->bound, &error_);
  });
  if (!succeeded()) return failed;

  const auto objection = objection_to(candidate_->bound);
  route.handler = candidate_.get();
  handlers_.push_back(std::move(candidate_));
  if (objection.empty()) return failed;
  return failure(settings.target_position, "handler '" + settings.handler + "' " + objection);
}

std::string Plugin::objection_to(const ph_handler& bound) const {
  if (bound.size != sizeof bound) return "broke a rule of the plugin ABI: bind() changed out->size";
  if (bound.handle == nullptr) return "broke a rule of the plugin ABI: bind() set no handle";
  if ((bound.flags & PH_HF_NONBLOCKING) != 0 && (entry_->flags & PH_PF_SERIAL) != 0) {
    return "is flagged PH_HF_NONBLOCKING, which a plugin flagged PH_PF_SERIAL must not do";
  }
  return {};
}

Failure Plugin::table_commit(std::uint64_t epoch) {
  if (api().table_commit == nullptr) return {};
  auto failed =
      checked_call("table_commit", settings_.position, settings_.config_positions,
                   [this, epoch] { return api().table_commit(instance_, epoch, &error_); });
  if (succeeded()) open_table_.reset();
  return failed;
}

Failure Plugin::start() {
  auto failed = checked_call("start", settings_.position, settings_.config_positions,
                             [this] { return api().start(instance_, &error_); });
  if (succeeded()) phase_ = Phase::started;
  return failed;
}

void Plugin::begin_drain(Clock::time_point deadline) {
  if (phase_ != Phase::started) return;
  phase_ = Phase::draining;
  services_.expect_drained();
  status_ = PH_OK;
  if (api().drain == nullptr) return;
  const auto since_boot = deadline.time_since_epoch();  // steady_clock is CLOCK_MONOTONIC
  const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(since_boot).count();
  control_.post([this, ns] { status_ = api().drain(instance_, static_cast<std::uint64_t>(ns)); });
}

bool Plugin::is_drained() const {
  if (phase_ != Phase::draining) return !is_abandoned();
  if (!control_.is_idle()) return false;
  if (status_ == PH_PENDING && !services_.is_drained()) return false;
  for (const auto& handler : handlers_) {
    if (!handler->is_quiet()) return false;
  }
  return true;
}

std::uint64_t Plugin::requests_in_flight() const {
  std::uint64_t count = 0;
  for (const auto& handler : handlers_) count += handler->in_flight();
  return count;
}

void Plugin::give_up() {
  const char* why = control_.is_idle() ? "still holds work" : "has not returned from drain()";
  services_.log(log::Level::error, 0,
                std::string("is abandoned: it ") + why +
                    "; requests in flight: " + std::to_string(requests_in_flight()));
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
  begin_drain(Clock::time_point{});
  const auto deadline = usual_limit();
  while (!is_drained() && Clock::now() < deadline) std::this_thread::sleep_for(kPollInterval);
  if (is_drained()) {
    end(usual_limit());
  } else {
    give_up();
  }
}

bool Plugin::unbind_all(Clock::time_point deadline) {
  if (open_table_) {
    // Takes back the binds of that table too: they get no unbind of their own.
    const auto epoch = *std::exchange(open_table_, std::nullopt);
    return last_call("table_abort", deadline,
                     [this, epoch] { api().table_abort(instance_, epoch); });
  }
  for (const auto& handler : handlers_) {
    auto* context = handler->bound.ctx;
    if (!last_call("unbind", deadline, [this, context] { api().unbind(instance_, context); })) {
      return false;
    }
  }
  return true;
}

bool Plugin::destroy(Clock::time_point deadline) {
  if (!last_call("destroy", deadline, [this] { api().destroy(instance_); })) return false;
  phase_ = Phase::loaded;
  return true;
}

bool Plugin::last_call(const char* name, Clock::time_point deadline, std::function<void()> job) {
  const auto sentence = call(name, deadline, std::move(job));
  if (!sentence.empty()) services_.log(log::Level::error, 0, sentence);
  return !is_abandoned();
}

std::string Plugin::call(const char* name, Clock::time_point deadline, std::function<void()> job) {
  if (is_abandoned()) return "is abandoned";
  const SignalGuard signals;
  if (!control_.run(std::move(job), deadline)) {
    phase_ = Phase::abandoned;
    return std::string("is abandoned: it has not returned from ") + name + "() in time";
  }
  if (const auto changed = signals.restore(); !changed.empty()) {
    return std::string(name) + "() changed the handler of " + changed +
           ", which belongs to the host; it was put back";
  }
  return {};
}

Failure Plugin::checked_call(const char* name, SourcePosition position,
                             const config::Positions& positions, std::function<ph_status()> job) {
  if (is_abandoned()) return {};  // its overrun was reported; error_ may still be written
  error_ = empty_error();
  const auto sentence =
      call(name, usual_limit(), [this, job = std::move(job)] { status_ = job(); });
  if (is_abandoned() || (status_ == PH_OK && !sentence.empty())) {
    return failure(position, sentence);
  }
  if (status_ == PH_OK) return {};
  const std::string key(error_.key, strnlen(error_.key, sizeof error_.key));
  const auto reason = error_.msg[0] == '\0' ? std::string(name) + "() returned " : "";
  return failure(find_position(positions, key, position), reason + explain(status_, error_));
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
