#pragma once

#include <plughost/abi/abi.h>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace plughost::python {

/// What one series is called, and how its values are to be read.
struct MetricName {
  std::uint32_t kind;  ///< PH_METRIC_*
  std::string_view name;
  std::string_view help;
  std::vector<std::pair<std::string_view, std::string_view>> labels = {};
};

/// One series of the host's metrics, held as long as this lives.
///
/// A histogram is of durations: it takes nanoseconds and shows seconds.
///
/// Owner:   whoever measures. Threads: made and destroyed on [control], or one at a time; updates
///          on [any], wait-free.
/// Errors:  one that the host refuses is a line in the log; like that of a host whose metrics
///          nobody reads, it takes updates and forgets them.
class Metric final {
 public:
  Metric() = default;
  Metric(const ph_host* host, const MetricName& wanted);
  ~Metric() {
    if (metric_ != nullptr) api_->release(host_, metric_);
  }
  Metric(Metric&& other) noexcept
      : host_(other.host_),
        api_(std::exchange(other.api_, nullptr)),
        metric_(std::exchange(other.metric_, nullptr)) {}
  Metric& operator=(Metric&& other) noexcept {
    std::swap(host_, other.host_);
    std::swap(api_, other.api_);
    std::swap(metric_, other.metric_);
    return *this;
  }

  /// What updates need; may be used when the Metric is gone, and is then lost.
  class Updater final {
   public:
    Updater() = default;
    void add(std::int64_t amount) const {
      if (api_ != nullptr) api_->add(metric_, amount);
    }
    void set(std::int64_t value) const {
      if (api_ != nullptr) api_->set(metric_, value);
    }
    void observe(std::uint64_t ns) const {
      if (api_ != nullptr) api_->observe(metric_, ns);
    }

   private:
    friend class Metric;
    Updater(const ph_metrics_api* api, ph_metric* metric) : api_(api), metric_(metric) {}

    const ph_metrics_api* api_ = nullptr;
    ph_metric* metric_ = nullptr;
  };
  Updater updater() const { return Updater(api_, metric_); }

 private:
  const ph_host* host_ = nullptr;
  const ph_metrics_api* api_ = nullptr;  // null: nobody reads it
  ph_metric* metric_ = nullptr;
};

}  // namespace plughost::python
