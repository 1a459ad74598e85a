#include "metrics/exposition.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace plughost::metrics {
namespace {

prometheus::MetricType type_of(Kind kind) {
  if (kind == Kind::counter) return prometheus::MetricType::Counter;
  return kind == Kind::gauge ? prometheus::MetricType::Gauge : prometheus::MetricType::Histogram;
}

/// The serializer writes help as it is.
std::string escape(const std::string& help) {
  std::string text;
  for (const char c : help) {
    if (c == '\\') text += '\\';
    text += c;
  }
  return text;
}

void fill(prometheus::ClientMetric::Histogram& out, const Sample& sample, const Family& family) {
  out.sample_sum = sample.value;
  for (std::size_t i = 0; i < sample.buckets.size(); ++i) {
    out.sample_count += sample.buckets[i];
    const double bound =
        i < family.bounds.size() ? family.bounds[i] : std::numeric_limits<double>::infinity();
    out.bucket.push_back({out.sample_count, bound});
  }
}

prometheus::ClientMetric to_metric(const Sample& sample, const Family& family) {
  prometheus::ClientMetric metric;
  for (const Label& label : sample.labels) metric.label.push_back({label.name, label.value});
  metric.counter.value = metric.gauge.value = sample.value;
  if (family.kind == Kind::histogram) fill(metric.histogram, sample, family);
  return metric;
}

}  // namespace

std::string to_text(Families families) {
  std::ranges::sort(families, {}, &Family::name);
  std::vector<prometheus::MetricFamily> shown;
  for (const Family& family : families) {
    auto& out = shown.emplace_back();
    out.name = family.name;
    out.help = escape(family.help);
    out.type = type_of(family.kind);
    for (const Sample& sample : family.samples) out.metric.push_back(to_metric(sample, family));
  }
  return prometheus::TextSerializer().Serialize(shown);
}

}  // namespace plughost::metrics
