#pragma once

#include <string>

#include "metrics/snapshot.hpp"

namespace plughost::metrics {

/// The media type of what to_text gives.
inline constexpr const char* kTextType = "text/plain; version=0.0.4; charset=utf-8";

/// The families in Prometheus' text format, by name. The only user of prometheus-cpp.
std::string to_text(Families families);

}  // namespace plughost::metrics
