#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plughost::plugin {

/// Tells builds of a plugin apart: 32 hexadecimal digits of a 128-bit hash of the bytes.
///
/// Rationale: names and verifies copies of files that the same user may change anyway, so it need
/// not resist an attacker; it reads eight bytes a step, as a debug build has tens of MiB.
std::string content_hash(std::string_view bytes);

}  // namespace plughost::plugin
