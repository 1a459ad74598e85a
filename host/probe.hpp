#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace plughost {

/// Runs `plughost check` on a file in a process of its own, so that what a plugin or a module does
/// at its load (crash, hang, exit) is seen before it happens here.
///
/// Returns what is wrong, in lines for the log; none: nothing. given_up ends the process early, and
/// then the result means nothing.
/// Threads: [any]; returns within moments of given_up saying yes, or of the end of the process,
///          which bounds itself.
std::vector<std::string> probe(const std::string& file, const std::function<bool()>& given_up);

}  // namespace plughost
