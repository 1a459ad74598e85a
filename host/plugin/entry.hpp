#pragma once

#include <plughost/abi/plugin.h>

#include "base/error.hpp"
#include "plugin/shared_library.hpp"

namespace plughost::plugin {

/// Finds a plugin's entry and negotiates the ABI: major, minimal minor, complete tables.
///
/// Threads: the plugin's control thread, as it calls into the library.
/// Errors:  a sentence that says what to do.
Result<const ph_entry*> open_entry(const SharedLibrary& library);

}  // namespace plughost::plugin
