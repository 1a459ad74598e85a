#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace plughost::config {

/// "250ms", "60s", "5m", "1h", or bare seconds; at most 365 days.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

/// "16KiB", "10MiB", "1GiB", or bare bytes; at most 1024 GiB.
Result<std::uint64_t> parse_size(std::string_view text);

/// A whole decimal number.
Result<std::uint64_t> parse_count(std::string_view text);

/// A duration or size as a person would write it: in the largest unit that divides it.
std::string format_duration(std::chrono::milliseconds duration);
std::string format_size(std::uint64_t bytes);

}  // namespace plughost::config
