#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace plughost::python {

/// "250ms", "60s", "5m", "1h", or bare seconds, as routes.yaml has it everywhere; at most a year.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// "16KiB", "10MiB", "1GiB", or bare bytes; at most 1024 GiB.
std::optional<std::uint64_t> parse_size(std::string_view text);

}  // namespace plughost::python
