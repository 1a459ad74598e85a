#include "config/served_name.hpp"

#include <algorithm>
#include <cstddef>

namespace plughost::config {

bool is_served_name(std::string_view name) {
  for (;;) {
    const std::size_t slash = std::min(name.find('/'), name.size());
    const std::string_view part = name.substr(0, slash);
    if (part.empty() || (part.front() == '.' && part != ".well-known")) return false;
    if (slash == name.size()) return true;
    name.remove_prefix(slash + 1);
  }
}

}  // namespace plughost::config
