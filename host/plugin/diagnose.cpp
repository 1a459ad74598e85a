#include "plugin/diagnose.hpp"

namespace plughost::plugin {

SourcePosition find_position(const config::Positions& positions, const std::string& pointer,
                             SourcePosition fallback) {
  auto prefix = pointer;
  while (!prefix.empty()) {
    if (const auto found = positions.find(prefix); found != positions.end()) return found->second;
    const auto slash = prefix.rfind('/');
    prefix.erase(slash == std::string::npos ? 0 : slash);
  }
  return fallback;
}

}  // namespace plughost::plugin
