#pragma once

#include "config/config.hpp"

namespace plughost {

/// The rules of other layers for texts in routes.yaml, so that the loader reports their mistakes
/// together with all others.
config::Checks make_checks();

}  // namespace plughost
