#include "plugin/health_board.hpp"

#include <utility>

#include "plugin/health_probe.hpp"

namespace plughost::plugin {

std::shared_ptr<HealthProbe> HealthBoard::add(const HostServices& services) {
  auto probe = std::make_shared<HealthProbe>(services);
  const std::lock_guard lock(mutex_);
  std::erase_if(probes_, [](const auto& other) { return other.expired(); });
  probes_.push_back(probe);
  return probe;
}

std::vector<std::string> HealthBoard::ailments() {
  std::vector<std::weak_ptr<HealthProbe>> probes;
  {
    const std::lock_guard lock(mutex_);
    probes = probes_;
  }
  std::vector<std::string> sentences;
  for (const auto& each : probes) {
    const auto probe = each.lock();
    std::string sentence = probe == nullptr ? "" : probe->ailment();
    if (!sentence.empty()) sentences.push_back(std::move(sentence));
  }
  return sentences;
}

}  // namespace plughost::plugin
