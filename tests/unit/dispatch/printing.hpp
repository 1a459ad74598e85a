#pragma once

#include <ostream>

#include "dispatch/outcome.hpp"

namespace plughost::dispatch {

/// So that a check that fails says which.
inline std::ostream& operator<<(std::ostream& out, Outcome outcome) {
  return out << static_cast<int>(outcome);
}

}  // namespace plughost::dispatch
