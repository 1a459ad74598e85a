#include "plugin/health_probe.hpp"

#include "plugin/abi_text.hpp"

namespace plughost::plugin {

void HealthProbe::open(const ph_plugin_api& api, ph_plugin* instance) {
  health_ = PH_HAS(&api, health) ? api.health : nullptr;
  instance_ = instance;
  is_open_.store(true);
}

std::string HealthProbe::ailment() {
  // First the count, then the look: close() and is_quiet() are read in the opposite order.
  askers_.fetch_add(1);
  std::string sentence;
  if (is_open_.load() && routes_.load() > 0) {
    sentence = ask();
    if (!sentence.empty()) {
      sentence = "plugin '" + services_.plugin_name() + "': " + one_line(sentence);
    }
  }
  askers_.fetch_sub(1);
  return sentence;
}

std::string HealthProbe::ask() const {
  if (services_.is_quarantined()) return "is out of service";
  if (health_ == nullptr) return {};
  auto error = empty_error();
  const auto status = health_(instance_, &error);
  return status == PH_OK ? "" : explain(status, error);
}

}  // namespace plughost::plugin
