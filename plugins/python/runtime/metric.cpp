#include "runtime/metric.hpp"

#include <iterator>
#include <string>

namespace plughost::python {
namespace {

constexpr std::uint64_t kNsPerSecond = 1'000'000'000;

/// From 10 us to 10 s: a handler that returns at once, and one that waits for another server.
constexpr std::uint64_t kDurationBounds[] = {
    10'000,        25'000,        50'000,        100'000,       250'000,
    500'000,       1'000'000,     2'500'000,     5'000'000,     10'000'000,
    25'000'000,    50'000'000,    100'000'000,   250'000'000,   500'000'000,
    1'000'000'000, 2'500'000'000, 5'000'000'000, 10'000'000'000};

ph_str view(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Metric::Metric(const ph_host* host, const MetricName& wanted) : host_(host) {
  api_ = static_cast<const ph_metrics_api*>(host->get_extension(host, PH_METRICS_1));
  if (api_ == nullptr) return;
  std::vector<ph_header> labels;
  for (const auto& [name, value] : wanted.labels) labels.push_back({view(name), view(value)});
  ph_metric_desc desc{};
  desc.size = sizeof desc;
  desc.kind = wanted.kind;
  desc.name = view(wanted.name);
  desc.help = view(wanted.help);
  desc.labels = labels.data();
  desc.n_labels = labels.size();
  if (wanted.kind == PH_METRIC_HISTOGRAM) {
    desc.divisor = kNsPerSecond;
    desc.bounds = kDurationBounds;
    desc.n_bounds = std::size(kDurationBounds);
  }
  ph_error error{};
  error.size = sizeof error;
  if (api_->acquire(host, &desc, &metric_, &error) == PH_OK) return;
  api_ = nullptr;
  const std::string line = std::string("is not measured: ") + error.msg;
  host->log(host, 0, PH_LOG_WARN, view(line));
}

}  // namespace plughost::python
