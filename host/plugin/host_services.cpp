#include "plugin/host_services.hpp"

#include <string_view>

#include "dispatch/answer_batch.hpp"
#include "plugin/abi_text.hpp"
#include "plugin/http_services.hpp"
#include "plugin/websocket_services.hpp"

namespace plughost::plugin {
namespace {

log::Level to_level(int32_t level) {
  if (level <= PH_LOG_DEBUG) return log::Level::debug;
  if (level == PH_LOG_INFO) return log::Level::info;
  return level == PH_LOG_WARN ? log::Level::warn : log::Level::error;
}

uint32_t is_stopping(const ph_host* host) noexcept {
  return HostServices::of(host).responder().is_stopping() ? 1 : 0;
}

void begin_batch(const ph_host*) noexcept { dispatch::AnswerBatch::begin(); }
void end_batch(const ph_host*) noexcept { dispatch::AnswerBatch::end(); }

constexpr ph_answer_batch_api kBatch{sizeof(ph_answer_batch_api), 0, begin_batch, end_batch};
constexpr ph_stopping_api kStopping{sizeof(ph_stopping_api), 0, is_stopping};

std::string next_instance_id(const std::string& plugin_name) {
  static std::atomic<unsigned> counter{0};
  return plugin_name + '#' + std::to_string(++counter);
}

}  // namespace

HostServices::HostServices(std::string plugin_name, std::string config_dir,
                           dispatch::Responder& responder, metrics::Registry* registry)
    : plugin_name_(std::move(plugin_name)),
      config_dir_(std::move(config_dir)),
      instance_id_(next_instance_id(plugin_name_)),
      responder_(responder),
      metrics_(registry, plugin_name_),
      config_dir_view_(to_abi(config_dir_)) {
  table_.size = sizeof table_;
  table_.abi_major = PH_ABI_MAJOR;
  table_.abi_minor = PH_ABI_MINOR;
  table_.impl = this;
  table_.name = to_abi(plugin_name_);
  table_.version = to_abi(PLUGHOST_VERSION);
  table_.instance_id = to_abi(instance_id_);
  table_.http = &http_services();
  table_.log = log_line;
  table_.log_enabled = log_enabled;
  table_.get_extension = get_extension;
  table_.drained = drained;
  table_.fault = fault;
}

void HostServices::log(log::Level level, dispatch::Token token, std::string_view text) const {
  if (!log::enabled(level)) return;
  std::string line = "plugin '" + plugin_name_ + "': ";
  if (const auto label = token == 0 ? std::nullopt : responder_.label(token)) {
    line += "request " + label->request_id + " (" + label->pattern + "): ";
  }
  log::write(level, line + indented_lines(text));
}

void HostServices::log_line(const ph_host* host, ph_req token, int32_t level,
                            ph_str text) noexcept {
  of(host).log(to_level(level), token, to_view(text));
}

uint32_t HostServices::log_enabled(const ph_host*, int32_t level) noexcept {
  return log::enabled(to_level(level)) ? 1 : 0;
}

const void* HostServices::get_extension(const ph_host* host, const char* id) noexcept {
  constexpr std::string_view kConfigDir = "ph.config_dir/1";  // -> const ph_str
  if (id == nullptr) return nullptr;
  if (id == kConfigDir) return &of(host).config_dir_view_;
  if (std::string_view(id) == PH_STOPPING_1) return &kStopping;
  if (std::string_view(id) == PH_ANSWER_BATCH_1) return &kBatch;
  if (std::string_view(id) == PH_METRICS_1) return of(host).metrics_.api();
  return std::string_view(id) == PH_WEBSOCKET_1 ? &websocket_services() : nullptr;
}

void HostServices::drained(const ph_host* host) noexcept {
  of(host).drained_.store(true, std::memory_order_release);
}

void HostServices::fault(const ph_host* host, ph_str why) noexcept {
  auto& services = of(host);
  if (services.quarantined_.exchange(true, std::memory_order_acq_rel)) return;
  services.log(log::Level::error, 0,
               "is out of service, its routes answer 503: " + std::string(to_view(why)));
}

}  // namespace plughost::plugin
