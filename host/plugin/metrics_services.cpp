#include "plugin/metrics_services.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <string_view>
#include <utility>

#include "plugin/abi_text.hpp"
#include "plugin/host_services.hpp"

namespace plughost::plugin {
namespace {

using metrics::Kind;
using metrics::Series;

Series* series_of(ph_metric* metric) { return reinterpret_cast<Series*>(metric); }

ph_status fail(ph_error* error, ph_status status, std::string_view sentence) {
  if (error == nullptr) return status;
  if (PH_HAS(error, code)) error->code = status;
  if (PH_HAS(error, msg)) {
    const auto length = std::min(sentence.size(), sizeof error->msg - 1);
    std::memcpy(error->msg, sentence.data(), length);
    error->msg[length] = '\0';
  }
  return status;
}

/// Empty: it can be read.
std::string_view objection_to(const ph_metric_desc* wanted) {
  if (wanted == nullptr || !PH_HAS(wanted, n_bounds)) return "ph_metric_desc is incomplete";
  if (wanted->kind < PH_METRIC_COUNTER || wanted->kind > PH_METRIC_HISTOGRAM) {
    return "ph_metric_desc.kind is none that this host knows";
  }
  const bool lacks = (wanted->labels == nullptr && wanted->n_labels > 0) ||
                     (wanted->bounds == nullptr && wanted->n_bounds > 0);
  if (lacks) return "ph_metric_desc has a count without an array";
  if (wanted->n_labels > metrics::kMaxLabels) return "ph_metric_desc has more than 8 labels";
  return wanted->n_bounds > metrics::kMaxBounds ? "ph_metric_desc has more than 32 bounds" : "";
}

Kind kind_of(uint32_t kind) {
  if (kind == PH_METRIC_COUNTER) return Kind::counter;
  return kind == PH_METRIC_GAUGE ? Kind::gauge : Kind::histogram;
}

metrics::Description describe(const ph_metric_desc& wanted) {
  metrics::Description description;
  description.kind = kind_of(wanted.kind);
  description.name = to_view(wanted.name);
  description.help = to_view(wanted.help);
  for (std::size_t i = 0; i < wanted.n_labels; ++i) {
    const ph_header& label = wanted.labels[i];
    description.labels.push_back(
        {std::string(to_view(label.name)), std::string(to_view(label.value))});
  }
  description.divisor = wanted.divisor;
  description.bounds.assign(wanted.bounds, wanted.bounds + wanted.n_bounds);
  return description;
}

ph_status acquire(const ph_host* host, const ph_metric_desc* wanted, ph_metric** out,
                  ph_error* error) noexcept {
  try {
    return HostServices::of(host).metrics().acquire(wanted, out, error);
  } catch (const std::bad_alloc&) {
    return fail(error, PH_E_NOMEM, "out of memory");
  }
}

void release(const ph_host* host, ph_metric* metric) noexcept {
  HostServices::of(host).metrics().release(metric);
}

void add(ph_metric* metric, int64_t amount) noexcept {
  if (metric != nullptr) series_of(metric)->add(amount);
}

void set(ph_metric* metric, int64_t value) noexcept {
  if (metric != nullptr) series_of(metric)->set(value);
}

void observe(ph_metric* metric, uint64_t value) noexcept {
  if (metric != nullptr) series_of(metric)->observe(value);
}

constexpr ph_metrics_api kApi{sizeof(ph_metrics_api), 0, acquire, release, add, set, observe};

}  // namespace

PluginMetrics::~PluginMetrics() {
  for (auto* metric : held_) registry_->release(series_of(metric));
}

const ph_metrics_api* PluginMetrics::api() const noexcept {
  return registry_ == nullptr ? nullptr : &kApi;
}

ph_status PluginMetrics::acquire(const ph_metric_desc* wanted, ph_metric** out, ph_error* error) {
  if (out == nullptr) return fail(error, PH_E_INVALID, "there is no place for the metric");
  *out = nullptr;
  if (const auto objection = objection_to(wanted); !objection.empty()) {
    return fail(error, PH_E_INVALID, objection);
  }
  const std::lock_guard lock(mutex_);
  held_.reserve(held_.size() + 1);
  auto series = registry_->acquire(plugin_name_, describe(*wanted));
  if (!series) {
    return fail(error, registry_->is_full() ? PH_E_BUSY : PH_E_INVALID, series.error());
  }
  *out = reinterpret_cast<ph_metric*>(series.value());
  held_.push_back(*out);
  return PH_OK;
}

void PluginMetrics::release(ph_metric* metric) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(held_, metric);
  if (found == held_.end()) return;
  held_.erase(found);
  registry_->release(series_of(metric));
}

}  // namespace plughost::plugin
